import { SESSION_TIMEOUTS } from './session-timeouts.ts';

/** The URL with one more of PostgreSQL's command-line options, which win over settings of roles. */
export function withOption(value: string, option: string): string {
  const parameters = [...new URL(value).searchParams];
  const options = parameters.filter(([key]) => key === 'options').map(([, text]) => text);
  const others = parameters.filter(([key]) => key !== 'options');
  return withParameters(value, [...others, ['options', [...options, option].join(' ')]]);
}

/** The URL of a session that has as long as it needs, whatever limits its role has. */
export function withoutTimeouts(value: string): string {
  const off = Object.values(SESSION_TIMEOUTS).map((setting) => `-c ${setting}=0`);
  return withOption(value, off.join(' '));
}

/** The URL with these parameters alone, percent-encoded: not all of Medusa's clients read `+` and `=` alike. */
export function withParameters(
  value: string,
  parameters: readonly (readonly [string, string])[],
): string {
  const url = new URL(value);
  url.search = parameters
    .map(([key, text]) => `${encodeURIComponent(key)}=${encodeURIComponent(text)}`)
    .join('&');
  return url.href;
}
