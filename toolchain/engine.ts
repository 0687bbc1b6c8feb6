import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import path from 'node:path';
import type { DockerOptions } from 'dockerode';
import { UserError } from '../src/errors.ts';
import { installEngine, startInstalledEngine } from './engine-setup.ts';
import type { Found, Part, PartContext } from './part.ts';

const ANSWER_MS = 3_000;

/** Where the engine listens when nothing says otherwise; the Docker provider's default too. */
export const defaultHost = 'unix:///var/run/docker.sock';

/** A Docker engine that answers. */
export const enginePart: Part = {
  name: 'engine',
  title: 'Docker engine',
  find: (context) => findEngine(context.env),
  restore: (context, report) => startInstalledEngine(context, report, findEngine),
  install: (context, report) => installEngine(context, report, findEngine),
};

/** The addresses to ask, in order. A host or context that the user chose is the only one. */
export function engineHosts(env: PartContext['env']): string[] {
  const chosen = env['DOCKER_HOST'];
  if (chosen) return [chosen];
  const home = env['HOME'] || homedir();
  const fromContext = contextHost(env, home);
  if (fromContext) return [fromContext];
  const runtime = env['XDG_RUNTIME_DIR'];
  return [
    defaultHost,
    ...(runtime ? [`unix://${runtime}/docker.sock`] : []),
    `unix://${home}/.docker/run/docker.sock`,
    `unix://${home}/.colima/default/docker.sock`,
  ];
}

/** The host of the Docker context in use, where it is not the default one. */
function contextHost(env: PartContext['env'], home: string): string | undefined {
  const folder = env['DOCKER_CONFIG'] || path.join(home, '.docker');
  const config = path.join(folder, 'config.json');
  const name =
    env['DOCKER_CONTEXT'] ||
    (existsSync(config)
      ? (readJson(config) as { currentContext?: string } | null)?.currentContext
      : undefined);
  if (!name || name === 'default') return undefined;
  // Docker names a context's folder by the digest of its name.
  const id = createHash('sha256').update(name).digest('hex');
  const meta = path.join(folder, 'contexts', 'meta', id, 'meta.json');
  if (!existsSync(meta)) {
    throw new UserError(
      `Docker context "${name}" is in use but ${meta} does not exist; choose another: docker context use default`,
      'docker-config-invalid',
    );
  }
  const parsed = readJson(meta) as {
    Endpoints?: { docker?: { Host?: string } };
  };
  return parsed.Endpoints?.docker?.Host;
}

/** A file of the docker command. */
function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError(
      `${file} is not valid JSON; fix it, or remove it and log in again: docker login`,
      'docker-config-invalid',
    );
  }
}

async function findEngine(env: PartContext['env']): Promise<Found | undefined> {
  for (const host of engineHosts(env)) {
    const version = await engineVersion(host);
    if (version) return { version, origin: 'installed', path: host };
  }
  return undefined;
}

/** The version of the engine at an address, or undefined when none answers there. */
export async function engineVersion(host: string): Promise<string | undefined> {
  try {
    if (host.startsWith('unix://')) return await versionOverSocket(host.slice('unix://'.length));
    // Addresses with TLS or SSH are left to the client library, which is slow to load.
    const { default: Docker } = await import('dockerode');
    const answer = await new Docker({ ...engineOptions(host), timeout: ANSWER_MS }).version();
    return answer.Version;
  } catch {
    return undefined;
  }
}

/**
 * What dockerode needs to reach an address that `engineHosts` gave. TLS and SSH settings that accompany DOCKER_HOST in
 * the environment are read by the library.
 */
export function engineOptions(host: string, env: PartContext['env'] = process.env): DockerOptions {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  if (host === env['DOCKER_HOST']) return {};
  const { protocol, hostname, port, username } = new URL(host);
  return {
    protocol: protocol === 'ssh:' ? 'ssh' : 'http',
    host: hostname,
    ...(port ? { port: Number(port) } : {}),
    ...(username ? { username } : {}),
  };
}

function versionOverSocket(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path: '/version', timeout: ANSWER_MS }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        try {
          const { Version } = JSON.parse(body) as { Version?: string };
          if (response.statusCode === 200 && Version) resolve(Version);
          else reject(new Error(`HTTP status ${response.statusCode}`));
        } catch (error) {
          reject(error);
        }
      });
    });
    call.on('timeout', () => call.destroy(new Error('no answer')));
    call.on('error', reject);
    call.end();
  });
}
