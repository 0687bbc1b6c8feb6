import { readFileSync } from 'node:fs';
import path from 'node:path';
import Docker from 'dockerode';
import { UserError } from '../errors.ts';

/** An engine as Pulumi's Docker provider names it. */
export interface EngineAddress {
  /** Such as `unix:///var/run/docker.sock`, `tcp://10.0.0.5:2376` or `ssh://root@10.0.0.5`. */
  readonly host: string;
  /** Folder with ca.pem, cert.pem and key.pem. @default no TLS */
  readonly certPath?: string;
}

/**
 * The engine at an address.
 * @throws UserError if the address is of no known kind
 */
export function engineAt({ host, certPath }: EngineAddress): Docker {
  if (host.startsWith('unix://')) return new Docker({ socketPath: host.slice('unix://'.length) });
  const url = parsed(host);
  if (url.protocol === 'ssh:') {
    return new Docker({
      protocol: 'ssh',
      host: url.hostname,
      port: url.port || 22,
      ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
      sshOptions: process.env['SSH_AUTH_SOCK'] ? { agent: process.env['SSH_AUTH_SOCK'] } : {},
    });
  }
  const port = url.port || (certPath ? 2376 : 2375);
  if (!certPath) return new Docker({ protocol: 'http', host: url.hostname, port });
  const pem = (name: string) => readFileSync(path.join(certPath, name));
  return new Docker({
    protocol: 'https',
    host: url.hostname,
    port,
    ca: pem('ca.pem'),
    cert: pem('cert.pem'),
    key: pem('key.pem'),
  });
}

function parsed(host: string): URL {
  const known = ['ssh:', 'tcp:', 'http:', 'https:'];
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url && known.includes(url.protocol)) return url;
  throw new UserError(
    `the Docker provider's host is ${host}; the kit knows unix://, tcp:// and ssh://`,
    'engine-unreachable',
  );
}
