import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { usedImages } from '../../../src/images/offers.ts';
import { prepareStackImages } from '../../../src/images/stack-images.ts';
import type { AwsStack, PostgresSection } from '../../../src/stack/stack-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { dev } from '../../support/unit/stack-files.ts';

const aws: AwsStack = {
  ...dev,
  target: 'aws',
  database: dev.database as PostgresSection,
  uploads: false,
  aws: {} as AwsStack['aws'],
  backend: { ...dev.backend, image: { reference: 'shop:1' } },
};
const locked = (name: string) => ({ ref: `sha256:${'1'.repeat(64)}`, name, version: '15.2' });

/** An engine that has every image, and notes which ones it is asked for. */
function engineWithAll(asked: string[]) {
  return {
    getImage: (name: string) => ({
      inspect: async () => {
        asked.push(name);
        return { Id: `sha256:${'2'.repeat(64)}`, RepoDigests: [], Config: { Env: [], Labels: {} } };
      },
    }),
  } as unknown as Docker;
}

const log = () => {};

test('docker uses all images, aws those that others are built from', () => {
  expect(usedImages(dev)).toEqual(['postgres', 'redis', 'node', 'edge']);
  expect(usedImages(aws)).toEqual(['postgres']);
  expect(usedImages({ ...aws, backend: dev.backend })).toEqual(['postgres', 'node']);
});

test('for aws no other image is looked up, and with the choice made no engine is asked', async () => {
  const folder = temporaryFolder();
  const asked: string[] = [];
  const stack: AwsStack = { ...aws, images: { ...aws.images, source: 'official' } };
  const first = await prepareStackImages(stack, folder, 'prod', {
    log,
    engine: engineWithAll(asked),
  });
  expect(Object.keys(first.images)).toEqual(['postgres']);
  expect(asked).toEqual(['postgres:18-bookworm']);
  expect(readFileSync(join(folder, 'images.lock.yaml'), 'utf8')).toMatch(
    /^prod:\n {2}source: official\n {2}images:\n {4}postgres:\n/m,
  );

  const none = new Proxy({} as Docker, {
    get: () => {
      throw new Error('no engine');
    },
  });
  expect(await prepareStackImages(stack, folder, 'prod', { log, engine: none })).toEqual(first);
});

test('another source is chosen again', async () => {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, 'images.lock.yaml'),
    JSON.stringify({ prod: { source: 'debian', images: { postgres: locked('postgres') } } }),
  );
  const asked: string[] = [];
  const stack: AwsStack = { ...aws, images: { ...aws.images, source: 'official' } };
  const { source } = await prepareStackImages(stack, folder, 'prod', {
    log,
    engine: engineWithAll(asked),
  });
  expect(source).toBe('official');
  expect(asked).toEqual(['postgres:18-bookworm']);
});
