import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { CREDENTIAL_HELPER_MILLISECONDS } from '../limits.ts';
import type { RegistryLogin, Repository } from './image-publisher.ts';

const run = promisify(execFile);

/** What Docker's helpers give as the user of a token. */
export const TOKEN_USER = '<token>';

interface DockerConfig {
  readonly auths?: Readonly<
    Record<string, { readonly auth?: string; readonly identitytoken?: string }>
  >;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

/**
 * What `docker login` has stored for a registry, in its file or with its helper; undefined if nothing.
 * The engine's API needs it with each request: unlike the docker command it reads no file.
 * @param registry host and port, such as `ghcr.io`
 */
export async function storedLogin(
  registry: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<RegistryLogin | undefined> {
  const config = readConfig(env);
  const key = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
  const helper = config.credHelpers?.[key] ?? config.credsStore;
  if (helper !== undefined) return loginFromHelper(helper, key, env);
  const { auth, identitytoken } = config.auths?.[key] ?? config.auths?.[`https://${key}`] ?? {};
  if (identitytoken) return { username: TOKEN_USER, password: identitytoken };
  if (!auth) return undefined;
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The login of a repository, otherwise what `docker login` has stored for its registry. */
export async function loginOf({ url, login }: Repository): Promise<RegistryLogin | undefined> {
  return login ? await login() : await storedLogin(registryOf(url));
}

/** What the engine's API takes as the login for a registry; undefined if there is none. */
export async function engineLogin(reference: string): Promise<object | undefined> {
  const serveraddress = registryOf(reference);
  const login = await storedLogin(serveraddress);
  if (login?.username === TOKEN_USER) return { identitytoken: login.password, serveraddress };
  return login && { ...login, serveraddress };
}

/** Host and port of an image reference's registry. */
export function registryOf(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
}

function readConfig(env: Readonly<Record<string, string | undefined>>): DockerConfig {
  const folder = env['DOCKER_CONFIG'] ?? path.join(homedir(), '.docker');
  try {
    return JSON.parse(readFileSync(path.join(folder, 'config.json'), 'utf8'));
  } catch {
    return {};
  }
}

/** A helper fails for a registry without an entry, which means no login. */
async function loginFromHelper(
  helper: string,
  registry: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RegistryLogin | undefined> {
  try {
    const asked = run(`docker-credential-${helper}`, ['get'], {
      timeout: CREDENTIAL_HELPER_MILLISECONDS,
      env: { ...process.env, ...env },
    });
    asked.child.stdin?.end(registry);
    const { Username, Secret } = JSON.parse((await asked).stdout);
    return Username && Secret ? { username: Username, password: Secret } : undefined;
  } catch {
    return undefined;
  }
}
