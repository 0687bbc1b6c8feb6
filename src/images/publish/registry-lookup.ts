import { UserError } from '../../errors.ts';
import { REGISTRY_ANSWER_MILLISECONDS } from '../limits.ts';
import type { RegistryLogin } from './image-publisher.ts';
import { registryOf } from './registry-login.ts';

/** Kinds of manifests that a tag may name. */
const MANIFESTS = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ');

/**
 * The digest of a tag, from the registry itself, so that no engine is needed; undefined: the tag does not
 * exist. Source: the OCI distribution specification, and Docker's for tokens.
 * @param url registry and path, without a tag
 * @throws UserError if the registry does not answer or refuses
 */
export async function lookUpTag(
  url: string,
  tag: string,
  login: RegistryLogin | undefined,
  signal: AbortSignal = AbortSignal.timeout(REGISTRY_ANSWER_MILLISECONDS),
): Promise<string | undefined> {
  const host = registryOf(url);
  const path = host === 'docker.io' ? hubPath(url) : url.slice(host.length + 1);
  const manifest = `${baseOf(host)}/v2/${path}/manifests/${tag}`;
  const basic = login && `Basic ${encoded(login)}`;
  try {
    let answer = await head(manifest, basic, signal);
    const challenge = answer.headers.get('www-authenticate') ?? '';
    if (answer.status === 401 && /^bearer /i.test(challenge)) {
      answer = await head(manifest, `Bearer ${await tokenFor(challenge, basic, signal)}`, signal);
    }
    if (answer.status === 404) return undefined;
    const digest = answer.headers.get('docker-content-digest');
    if (answer.ok && digest) return digest;
    throw new Error(`HTTP ${answer.status}`);
  } catch (error) {
    throw new UserError(
      `the registry of ${url} does not say whether it has ${tag} (${reasonOf(error)}); log in to it (docker login ${host}) and check that the repository exists`,
      'registry-refused',
    );
  }
}

/** The official images of Docker Hub are in `library`. */
function hubPath(url: string): string {
  const path = url.replace(/^docker\.io\//, '');
  return path.includes('/') ? path : `library/${path}`;
}

/** As engines do: plain HTTP only on this machine. */
function baseOf(host: string): string {
  if (host === 'docker.io') return 'https://registry-1.docker.io';
  const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);
  return `${local ? 'http' : 'https'}://${host}`;
}

function head(
  url: string,
  authorization: string | undefined,
  signal: AbortSignal,
): Promise<Response> {
  return fetch(url, {
    method: 'HEAD',
    signal,
    headers: { Accept: MANIFESTS, ...(authorization ? { Authorization: authorization } : {}) },
  });
}

/** @param challenge `Bearer realm="https://…",service="…",scope="…"` */
async function tokenFor(
  challenge: string,
  basic: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const fields = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  ) as Readonly<Record<string, string>>;
  const { realm = '', service, scope } = fields;
  const url = new URL(realm);
  if (service) url.searchParams.set('service', service);
  if (scope) url.searchParams.set('scope', scope);
  const answer = await fetch(url, {
    signal,
    headers: basic ? { Authorization: basic } : {},
  });
  if (!answer.ok) throw new Error(`HTTP ${answer.status} of ${url.host}`);
  const { token, access_token } = (await answer.json()) as Readonly<Record<string, string>>;
  return token ?? access_token ?? '';
}

function encoded({ username, password }: RegistryLogin): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

/** An error of `fetch` has its reason only in its cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}
