import { expect, test } from 'vitest';
import { folderWith, projectFiles, run } from './support.ts';

test('the plan of a stack, without Docker and without a secret value', async () => {
  const cwd = folderWith(projectFiles);
  const { code, out, err } = await run(['plan'], { cwd });
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out.slice(0, out.indexOf('\n\nprepare'))).toMatchInlineSnapshot(`
    "stack
      name         shop-dev
      target       docker
      environment  development (NODE_ENV development)
      url          http://localhost:9000
      network      shop-dev

    images
      source  not chosen yet: the first \`up\` does (official where a registry answers, else built from Debian packages)

    database
      server       PostgreSQL at database:5432 of the stack's network
      search_path  medusa, extensions
      volume       shop-dev-postgres-data, kept on destroy
      limits       1 CPU, 1 GiB

    redis
      server      Redis at redis:6379 of the stack's network
      persistent  yes
      volume      shop-dev-redis-data, kept on destroy
      limits      0.5 CPU, 256 MiB"
  `);
  expect(out).toMatch(/^ {2}JWT_SECRET +<secret jwt> {2}\(secrets\.jwt\)$/m);
});

test('--json is the plan itself; images are null until they are chosen', async () => {
  const cwd = folderWith(projectFiles);
  const { code, out } = await run(['plan', '--json'], { cwd });
  const plan = JSON.parse(out);
  expect(code).toBe(0);
  expect(plan.name).toBe('shop-dev');
  expect(plan.images).toBeNull();
});

test('the images of the lock are shown', async () => {
  const image = (name: string) => ({ ref: `sha256:${'1'.repeat(64)}`, name, version: '1.2' });
  const lock = {
    dev: {
      source: 'debian',
      images: {
        postgres: { ...image('medusa-infra/postgres:15'), version: '15.14' },
        redis: { ...image('medusa-infra/redis:7'), version: '7.0.15' },
        node: { ...image('medusa-infra/node:22'), version: '22.23.3' },
        edge: { ...image('medusa-infra/edge:2'), version: '2.6.2' },
      },
    },
  };
  const cwd = folderWith({
    ...projectFiles,
    'stacks/images.lock.yaml': JSON.stringify(lock),
  });
  const { out } = await run(['plan'], { cwd });
  expect(out).toContain('  source    debian (kept in images.lock.yaml)\n');
  expect(out).toContain(
    `  postgres  medusa-infra/postgres:15, version 15.14, sha256:${'1'.repeat(64)}\n`,
  );
});
