import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';

/** What a build in a container needs to reach the registries that this host reaches. */
export interface HostNetwork {
  /** File of the certificate authorities that this host was told to trust; undefined: its defaults. */
  readonly caFile?: string;
  /** npm registry of the host's npm configuration, where it is not npm's own. */
  readonly npmRegistry?: string;
  /** Whether that registry wants credentials, which a build cannot be given safely. */
  readonly proxies: Readonly<Record<string, string>>;
}

const caVariables = ['NODE_EXTRA_CA_CERTS', 'npm_config_cafile', 'SSL_CERT_FILE'];
const proxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/** Reads the host's CA, proxies and npm registry from its environment and npm's configuration. */
export async function hostNetwork(): Promise<HostNetwork> {
  const npm = await npmSettings();
  const caFile = [...caVariables.map((name) => process.env[name]), npm['cafile']].find(
    (file) => typeof file === 'string' && file !== '' && existsSync(file),
  );
  const proxies: Record<string, string> = {};
  for (const name of proxyVariables) {
    const value = process.env[name] ?? process.env[name.toLowerCase()];
    if (value) {
      proxies[name] = value;
    }
  }
  const registry = npm['registry'];
  return {
    ...(caFile ? { caFile } : {}),
    ...(registry ? { npmRegistry: registry } : {}),
    proxies,
  };
}

/** Only what the user set: npm's own defaults are left out (`npm config ls --json` names sources not). */
async function npmSettings(): Promise<Readonly<Record<string, string>>> {
  const settings: Record<string, string> = {};
  for (const key of ['registry', 'cafile']) {
    const set = process.env[`npm_config_${key}`] ?? process.env[`NPM_CONFIG_${key.toUpperCase()}`];
    if (set) {
      settings[key] = set;
    }
  }
  // `npm config list` prints the keys that a file or the environment sets, and no default.
  const listed = await execa('npm', ['config', 'list'], { reject: false, stdin: 'ignore' });
  for (const line of (listed.stdout ?? '').split('\n')) {
    const match = /^(registry|cafile) = (".*")$/.exec(line.trim());
    if (match?.[1] && match[2]) {
      settings[match[1]] ??= JSON.parse(match[2]) as string;
    }
  }
  return settings;
}

/** The authorities' certificates, or undefined where the host uses its defaults. */
export async function readAuthorities(network: HostNetwork): Promise<string | undefined> {
  return network.caFile === undefined ? undefined : readFile(network.caFile, 'utf8');
}
