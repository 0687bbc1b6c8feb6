import type { StackFile } from '../stack/stack-file.ts';

/** Where the world reaches a stack. */
export interface EdgePlan {
  readonly host: string;
  readonly port: number;
  readonly tls: string;
  /** Where the published port answers. No trailing slash. */
  readonly url: string;
  /** What the world opens: `url`, or https where TLS ends in front of this edge. No trailing slash. */
  readonly publicUrl: string;
}

/** Where the world reaches the stack, whatever stands there. */
export function planEdge({ edge }: StackFile): EdgePlan {
  const { host, port, tls, trustForwarded } = edge;
  const off = tls === 'off';
  const shownPort = port === (off ? 80 : 443) ? '' : `:${port}`;
  const url = `${off ? 'http' : 'https'}://${host}${shownPort}`;
  return { host, port, tls, url, publicUrl: off && trustForwarded ? `https://${host}` : url };
}
