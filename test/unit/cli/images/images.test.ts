import { expect, test } from 'vitest';
import { imageAges } from '../../../../src/cli/images/ages.ts';
import { folderWith, run } from '../../../support/unit/cli.ts';

const id = (digit: string) => `sha256:${digit.repeat(64)}`;
const reference = 'ghcr.io/acme/shop:1.4.2';
const lock = {
  dev: {
    source: 'debian',
    images: {
      postgres: {
        ref: id('1'),
        name: 'postgres:15',
        version: '15.20',
        chosen: '2026-01-01T00:00:00.000Z',
      },
      redis: { ref: id('2'), name: 'redis:7', version: '7.0.15' },
      node: {
        ref: id('3'),
        name: 'node:22',
        version: '22.23.3',
        chosen: '2026-01-01T00:00:00.000Z',
        checked: new Date().toISOString(),
      },
      edge: { ref: id('4'), name: 'caddy:2', version: '2.6.2' },
    },
    backend: { name: reference, ref: `ghcr.io/acme/shop@${id('5')}` },
  },
};
const stackFile = (image: string) =>
  `target: docker\nbackend: { image: '${image}' }\nimages: { maxAge: 30d }\n`;
const noEngine = { DOCKER_HOST: 'tcp://127.0.0.1:1' };

function project(image: string, locked: object = lock) {
  const cwd = folderWith({
    'Pulumi.yaml': 'name: shop\nstackConfigDir: stacks\n',
    'stacks/dev.yaml': stackFile(image),
    'stacks/images.lock.yaml': JSON.stringify(locked),
  });
  return { cwd, env: { ...noEngine, HOME: cwd } };
}

test('images without an engine: what the lock says, and what is due', async () => {
  const { code, out } = await run(['images', '--json'], project(reference));
  expect(code).toBe(0);
  const { images, maxAgeDays } = JSON.parse(out);
  expect(maxAgeDays).toBe(30);
  expect(images.map(({ name, due }: { name: string; due: boolean }) => [name, due])).toEqual([
    ['postgres', true],
    ['redis', false],
    ['node', false],
    ['edge', false],
    ['backend', false],
  ]);
  expect(images[0]).toEqual({
    name: 'postgres',
    reference: 'postgres:15',
    ref: id('1'),
    version: '15.20',
    chosen: '2026-01-01T00:00:00.000Z',
    checked: '2026-01-01T00:00:00.000Z',
    created: null,
    ageDays: null,
    due: true,
  });
  const shown = await run(['images'], project(reference));
  expect(shown.err).toBe(
    'images older than images.maxAge: postgres; run: medusa-infra images update\n',
  );
  expect(shown.out).toContain('sha256:555555555555');
});

test('a pin counts for its own reference alone', async () => {
  const { out } = await run(['images', '--json'], project('ghcr.io/acme/shop:1.4.3'));
  expect(JSON.parse(out).images.at(-1)).toMatchObject({
    name: 'backend',
    reference: 'ghcr.io/acme/shop:1.4.3',
    ref: null,
  });
});

test('nothing is chosen yet', async () => {
  const { code, err } = await run(['images'], project(reference, {}));
  expect({ code, err }).toEqual({
    code: 0,
    err: 'dev has no images yet; run: medusa-infra up\n',
  });
});

test.each([
  ['postgrs', reference, 'the stack has no image "postgrs"; did you mean "postgres"?'],
  [
    'backend',
    `ghcr.io/acme/shop@${id('5')}`,
    `backend.image names a digest, ghcr.io/acme/shop@${id('5')}; write another one there`,
  ],
])('update refuses %s', async (name, image, message) => {
  const { code, err } = await run(['images', 'update', name], project(image));
  expect(code).toBe(1);
  expect(err).toContain(message);
});

test('an image of an earlier version counts from when it was built', () => {
  const now = Date.parse('2026-03-01T00:00:00Z');
  const created = new Map([
    [id('2'), '2026-01-01T00:00:00Z'],
    [id('4'), '2026-02-28T00:00:00Z'],
  ]);
  const ages = imageAges(lock.dev as never, created, 30 * 86_400, now);
  const of = (name: string) => ages.find((one) => one.name === name);
  expect(of('redis')).toMatchObject({ ageDays: 59, due: true });
  expect(of('edge')).toMatchObject({ ageDays: 1, due: false });
});
