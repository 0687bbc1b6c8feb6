import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { storeOn } from '../../../../../src/cli/admin/docker/replica.ts';
import { FakeDatabase } from '../../../../support/unit/fake-engine.ts';

const stack = { project: 'shop', stack: 'staging' };
const request = {
  action: 'reset',
  schema: 'shop',
  email: 'ada@example.com',
  passwordHash: 'hash-of-a-password',
} as const;

/** A replica whose health check and program end so. */
class Replica extends FakeDatabase {
  readonly running: boolean;

  constructor(running: boolean, answer = '', exitCode = 0) {
    super(answer, exitCode);
    this.running = running;
  }

  override async exec() {
    const { start, inspect } = await super.exec();
    return {
      inspect,
      async start({ stdin }: { stdin?: boolean } = {}) {
        const stream = await start();
        // A health check gets no input to wait for.
        if (!stdin) stream.end();
        return stream;
      },
    };
  }

  async inspect() {
    return {
      State: { Running: this.running },
      Config: { Healthcheck: { Test: ['CMD', 'node'] } },
    };
  }
}

/** An engine with these replicas, of a stack without a route: all of them serve. */
function engine(replicas: readonly Replica[]): Docker {
  return {
    listContainers: async ({ filters }: { filters: { label: string[] } }) =>
      filters.label.includes('medusa-infra.component=edge')
        ? []
        : replicas.map((_, index) => ({
            Id: String(index),
            Created: index,
            Labels: { 'medusa-infra.component': 'backend' },
          })),
    getContainer: (id: string) => replicas[Number(id)],
  } as unknown as Docker;
}

test('runs the program in the first replica that is healthy', async () => {
  const store = await storeOn(engine([new Replica(false), new Replica(true)]), stack);
  expect(await store.run(request)).toEqual({ exitCode: 0, said: '' });
});

test.each([
  ['that do not run', [new Replica(false)]],
  ['that are unhealthy', [new Replica(true, 'GET /health: status 500', 1)]],
])('names replicas %s', async (_, replicas) => {
  await expect(storeOn(engine(replicas), stack)).rejects.toMatchObject({
    code: 'backend-unhealthy',
    message:
      'no replica of staging is healthy, so nothing was changed; see medusa-infra status -s staging and medusa-infra logs backend -s staging',
  });
});

test('names a stack that is not up', async () => {
  await expect(storeOn(engine([]), stack)).rejects.toMatchObject({
    code: 'stack-not-up',
    message: 'staging is not up; run: medusa-infra up -s staging',
  });
});
