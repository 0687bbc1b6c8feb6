import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** What a build in a container needs to reach the registries that this host reaches. */
export interface HostNetwork {
  /** File of the certificate authorities that this host is configured to trust. @default those of Node */
  readonly caFile?: string;
  /** npm registry in the host's npm configuration. @default npm's */
  readonly npmRegistry?: string;
  /** Those of HTTP_PROXY, HTTPS_PROXY and NO_PROXY that are set. */
  readonly proxies: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const proxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/** Reads the host's CA, proxies and npm registry from its environment and npm's own files. */
export async function hostNetwork(env: Environment = process.env): Promise<HostNetwork> {
  const npm = await npmSettings(env);
  const candidates = [env['NODE_EXTRA_CA_CERTS'], npm['cafile'], env['SSL_CERT_FILE']];
  const caFile = candidates.find((file) => file && existsSync(file));
  const proxies: Record<string, string> = {};
  for (const name of proxyVariables) {
    const value = env[name] ?? env[name.toLowerCase()];
    if (value) {
      proxies[name] = value;
    }
  }
  return {
    ...(caFile ? { caFile } : {}),
    ...(npm['registry'] ? { npmRegistry: npm['registry'] } : {}),
    proxies,
  };
}

/**
 * npm's settings by the user: environment, then the user's file, then the global one.
 * Read directly, because `npm config` takes most of a second in each `up`.
 */
async function npmSettings(env: Environment): Promise<Readonly<Record<string, string>>> {
  const files = [
    env['NPM_CONFIG_USERCONFIG'] ?? env['npm_config_userconfig'] ?? join(homedir(), '.npmrc'),
    env['NPM_CONFIG_GLOBALCONFIG'] ?? join(dirname(dirname(process.execPath)), 'etc', 'npmrc'),
  ];
  const settings: Record<string, string> = {};
  for (const key of ['registry', 'cafile']) {
    const set = env[`npm_config_${key}`] ?? env[`NPM_CONFIG_${key.toUpperCase()}`];
    if (set) {
      settings[key] = set;
    }
  }
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      const match = /^\s*(registry|cafile)\s*=\s*(.+?)\s*$/.exec(line);
      if (match?.[1] && match[2]) {
        settings[match[1]] ??= match[2]
          .replace(/^"(.*)"$/, '$1')
          .replace(/\$\{([^}]+)\}/g, (_, name: string) => env[name] ?? '');
      }
    }
  }
  return settings;
}
