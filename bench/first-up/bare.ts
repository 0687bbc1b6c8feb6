import { execa } from 'execa';
import { LABELS } from '../../src/derive/labels.ts';
import { eventually } from '../../test/support/eventually.ts';
import { freePort } from '../../test/support/ports.ts';
import type { TestProject } from '../../test/support/project.ts';
import { timed } from '../timed.ts';
import { STORE_ENV, type StoreImages } from '../up/store.ts';

/** Seconds that each step of a first start takes by itself: no tool can do with less. */
export interface BareSteps {
  readonly postgres: number;
  readonly migrations: number;
  readonly seed: number;
  readonly start: number;
}

const LIMITS = { seconds: 180, everyMilliseconds: 50 };

/** Starts a store with nothing but `docker run`, one step after the other, and removes it. */
export async function bareFirstStart(
  project: TestProject,
  images: StoreImages,
): Promise<BareSteps> {
  const stack = 'bare';
  const name = `${project.name}-${stack}`;
  const labels = [
    '--label',
    `${LABELS.project}=${project.name}`,
    '--label',
    `${LABELS.stack}=${stack}`,
  ];
  const docker = (...args: string[]) => execa('docker', args);
  const run = (...args: string[]) => docker('run', ...labels, '--network', name, ...args);
  const password = 'of-a-bench';
  const env = Object.entries({
    ...STORE_ENV,
    DATABASE_URL: `postgres://postgres:${password}@database/medusa`,
    REDIS_URL: 'redis://redis',
    JWT_SECRET: password,
    COOKIE_SECRET: password,
  }).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]);
  await docker('network', 'create', ...labels, name);
  try {
    const redis = ['--name', `${name}-redis`, '--network-alias', 'redis'];
    await run(
      '-d',
      ...redis,
      '--entrypoint',
      'redis-server',
      images.redis,
      '--protected-mode',
      'no',
    );
    const postgres = await timed(async () => {
      const database = ['--name', `${name}-database`, '--network-alias', 'database'];
      const settings = ['--env', `POSTGRES_PASSWORD=${password}`, '--env', 'POSTGRES_DB=medusa'];
      await run('-d', ...database, ...settings, images.postgres);
      // Over TCP: the server that makes the database listens on the socket alone.
      await eventually(
        () => docker('exec', `${name}-database`, 'pg_isready', '-h', '127.0.0.1'),
        LIMITS,
      );
    });
    const medusa = (...args: string[]) => run('--rm', ...env, images.backend, 'node', ...args);
    const migrations = await timed(() => medusa('node_modules/.bin/medusa', 'migrations', 'run'));
    const seed = await timed(() => medusa('scripts/seed.js'));
    const port = await freePort();
    const start = await timed(async () => {
      await run(
        '-d',
        '-p',
        `127.0.0.1:${port}:9000`,
        '--name',
        `${name}-backend`,
        ...env,
        images.backend,
      );
      await eventually(async () => {
        const { ok } = await fetch(`http://127.0.0.1:${port}/health`);
        if (!ok) throw new Error('not healthy');
      }, LIMITS);
    });
    return { postgres, migrations, seed, start };
  } finally {
    const { stdout } = await docker('ps', '-aq', '--filter', `name=^/${name}-`);
    const ids = stdout.split('\n').filter(Boolean);
    if (ids.length > 0) await docker('rm', '--force', '--volumes', ...ids);
    await docker('network', 'rm', name);
  }
}
