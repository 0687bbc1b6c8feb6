/** Powers of 1024 in files, bytes in code. */
export type Bytes = number;
export type Seconds = number;
/** Thousandths of a CPU. */
export type CpuMillis = number;

/** Seconds in a duration such as `90s`, `15m`, `24h` or `90d`; undefined when the text is none. */
export function parseDurationSeconds(text: string): number | undefined {
  const match = /^(\d{1,9})(s|m|h|d)$/.exec(text);
  if (!match) return undefined;
  const factor = { s: 1, m: 60, h: 3600, d: 86400 }[match[2] as 's' | 'm' | 'h' | 'd'];
  return Number(match[1]) * factor;
}

/** Bytes in a size such as `512Mi` or `10Gi` (powers of 1024); undefined when the text is none. */
export function parseSizeBytes(text: string): number | undefined {
  const match = /^(\d{1,6})(Ki|Mi|Gi|Ti)$/.exec(text);
  if (!match) return undefined;
  const power = { Ki: 1, Mi: 2, Gi: 3, Ti: 4 }[match[2] as 'Ki' | 'Mi' | 'Gi' | 'Ti'];
  return Number(match[1]) * 1024 ** power;
}

/** Thousandths of a CPU in `500m`, `0.5` or `2`; undefined when the text is no CPU share above zero. */
export function parseCpuMillis(value: string | number): number | undefined {
  const text = String(value);
  const milli = /^(\d{1,6})m$/.exec(text);
  const share = milli
    ? Number(milli[1])
    : /^\d{1,3}(\.\d{1,3})?$/.test(text)
      ? Number(text) * 1000
      : 0;
  return share > 0 ? Math.round(share) : undefined;
}
