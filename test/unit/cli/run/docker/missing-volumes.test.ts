import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import {
  listed,
  missingVolumes,
  volumesGone,
} from '../../../../../src/cli/run/docker/missing-volumes.ts';
import type { StateResource } from '../../../../../src/cli/run/stack-state.ts';

const volume = (name: string, id: string, retainOnDelete = true): StateResource => ({
  urn: `urn:pulumi:prod::shop::docker:index/volume:Volume::${name}`,
  type: 'docker:index/volume:Volume',
  id,
  retainOnDelete,
});
const engine = (...names: string[]) =>
  ({
    listVolumes: async () => ({ Volumes: names.map((Name) => ({ Name })) }),
  }) as unknown as Docker;

test('kept volumes with data that the engine no longer has are named', async () => {
  const resources = [
    volume('uploads-volume', 'shop-prod-uploads'),
    volume('database-volume', 'shop-prod-postgres-data'),
    volume('redis-volume', 'shop-prod-redis-data'),
    // What these hold is written again.
    volume('edge-volume', 'shop-prod-edge-data'),
    volume('database-socket', 'shop-prod-postgres-socket', false),
  ];
  expect(await missingVolumes(engine('shop-prod-redis-data'), resources)).toEqual([
    'shop-prod-postgres-data',
    'shop-prod-uploads',
  ]);
  expect(
    await missingVolumes(
      engine('shop-prod-redis-data', 'shop-prod-postgres-data', 'shop-prod-uploads'),
      resources,
    ),
  ).toEqual([]);
});

test('those that destroy would delete may go, and a first up asks nothing', async () => {
  const deletable = [volume('database-volume', 'shop-dev-postgres-data', false)];
  expect(await missingVolumes(engine(), deletable)).toEqual([]);
  expect(await missingVolumes({} as Docker, [])).toEqual([]);
});

test('the error says what is gone, and has the command that makes it', () => {
  const error = volumesGone('shop', 'prod', ['shop-prod-postgres-data', 'shop-prod-uploads']);
  expect(error.code).toBe('data-volume-missing');
  expect(error.message).toBe(
    `prod: the engine no longer has the volumes shop-prod-postgres-data and shop-prod-uploads, which the state knows: this up would go on without the data. Nothing was changed.
If a backup has it, make the volume, fill it, and run up again; if the data may be lost, make it and run up again:
docker volume create --label medusa-infra.project=shop --label medusa-infra.stack=prod shop-prod-postgres-data
docker volume create --label medusa-infra.project=shop --label medusa-infra.stack=prod shop-prod-uploads`,
  );
  expect(listed(['a'])).toBe('the volume a');
  expect(listed(['a', 'b', 'c'])).toBe('the volumes a, b and c');
});
