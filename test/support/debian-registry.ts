import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { PrivateApt } from '../../src/images/bootstrap.ts';
import { cacheRoot } from '../../toolchain/cache.ts';
import { withLock } from '../../toolchain/lock.ts';
import { eventually } from './eventually.ts';
import { freePort } from './ports.ts';

export interface RegistryUser {
  readonly username: string;
  readonly password: string;
}

/**
 * A real registry, Debian's package `docker-registry`, on 127.0.0.1: an engine speaks plain HTTP with it
 * without further settings. The package is unpacked into the cache folder, and nothing is installed.
 */
export class DebianRegistry {
  /** Host and port. */
  readonly address: string;
  readonly #folder: string;
  readonly #server: ReturnType<typeof execa>;
  readonly #onExit = () => this.#server.kill('SIGKILL');

  readonly #user: RegistryUser | undefined;

  private constructor(binary: string, folder: string, address: string, user?: RegistryUser) {
    this.#user = user;
    this.address = address;
    this.#folder = folder;
    this.#server = execa(binary, ['serve', join(folder, 'config.yaml')], {
      all: true,
      reject: false,
    });
    process.once('exit', this.#onExit);
  }

  /** @param user who alone may push and pull. @default everybody */
  static async start(user?: RegistryUser): Promise<DebianRegistry> {
    const binary = await registryBinary();
    const folder = mkdtempSync(join(tmpdir(), 'mi-registry-'));
    const address = `127.0.0.1:${await freePort()}`;
    const passwords = join(folder, 'htpasswd');
    if (user) writeFileSync(passwords, `${user.username}:${await bcrypt(user.password)}\n`);
    writeFileSync(
      join(folder, 'config.yaml'),
      stringify({
        version: 0.1,
        log: { level: 'warn' },
        storage: { filesystem: { rootdirectory: join(folder, 'data') } },
        http: { addr: address },
        ...(user ? { auth: { htpasswd: { realm: 'registry', path: passwords } } } : {}),
      }),
    );
    const registry = new DebianRegistry(binary, folder, address, user);
    try {
      await eventually(
        async () => {
          const { status } = await fetch(`http://${address}/v2/`);
          if (status !== (user ? 401 : 200)) throw new Error(`the registry answered ${status}`);
        },
        { seconds: 30 },
      );
    } catch (error) {
      await registry.stop();
      throw error;
    }
    return registry;
  }

  /** Whether it holds an image, as `ADDRESS/NAME@DIGEST`, all layers included. */
  async has(image: string): Promise<boolean> {
    const [, name, digest] = /^[^/]+\/([^@]+)@(.+)$/.exec(image) ?? [];
    const manifest = await this.#get(`${name}/manifests/${digest}`);
    if (!manifest.ok) return false;
    const { config, layers } = (await manifest.json()) as {
      config: { digest: string };
      layers: { digest: string }[];
    };
    for (const blob of [config, ...layers]) {
      if (!(await this.#get(`${name}/blobs/${blob.digest}`, 'HEAD')).ok) return false;
    }
    return true;
  }

  #get(path: string, method = 'GET'): Promise<Response> {
    const { username = '', password = '' } = this.#user ?? {};
    const login = Buffer.from(`${username}:${password}`).toString('base64');
    return fetch(`http://${this.address}/v2/${path}`, {
      method,
      headers: {
        accept: 'application/vnd.docker.distribution.manifest.v2+json',
        ...(this.#user ? { authorization: `Basic ${login}` } : {}),
      },
    });
  }

  async stop(): Promise<void> {
    this.#server.kill('SIGKILL');
    await this.#server;
    rmSync(this.#folder, { recursive: true, force: true });
    process.off('exit', this.#onExit);
  }
}

async function registryBinary(): Promise<string> {
  const cache = join(cacheRoot(), 'docker-registry');
  const unpacked = join(cache, 'unpacked');
  const binary = join(unpacked, 'usr/bin/docker-registry');
  mkdirSync(cache, { recursive: true });
  await withLock(
    cache,
    async () => {
      if (!existsSync(binary)) {
        await new PrivateApt(join(cache, 'apt')).unpack('docker-registry', unpacked);
      }
    },
    () => undefined,
  );
  return binary;
}

/** As `htpasswd -B` hashes; by the system's own crypt, which perl reaches. */
async function bcrypt(password: string): Promise<string> {
  const program = 'print crypt(<STDIN>, q($2b$05$abcdefghijklmnopqrstuu))';
  const { stdout } = await execa('perl', ['-e', program], { input: password });
  if (!stdout.startsWith('$2')) throw new Error('this system’s crypt knows no bcrypt');
  return stdout;
}
