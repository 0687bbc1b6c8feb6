import { expect, test } from 'vitest';
import { type ComponentStatus, printStatus } from '../../../../../src/cli/status/docker/text.ts';
import { derivePlan } from '../../../../../src/derive/derive.ts';
import type { DockerPlan } from '../../../../../src/derive/plan.ts';
import { testContext } from '../../../../support/unit/cli.ts';
import * as fixtures from '../../../../support/unit/stack-files.ts';

const planOf = (stack: Parameters<typeof derivePlan>[0]) =>
  derivePlan(stack, { ...fixtures.options, project: 'shop', stack: 'staging' }) as DockerPlan;

const backend: ComponentStatus = {
  component: 'backend',
  container: 'shop-staging-backend-a1b2-1',
  image: `sha256:${'c'.repeat(64)}`,
  job: false,
  state: 'running',
  health: 'healthy',
  since: new Date(Date.now() - 600_000).toISOString(),
  cpuLimit: 0.5,
  memoryLimitBytes: 512 * 1024 ** 2,
  restarts: 0,
  ports: [],
  serving: true,
  ok: true,
};
const edge: ComponentStatus = {
  ...backend,
  component: 'edge',
  container: 'shop-staging-edge',
  image: 'caddy:2',
  cpuLimit: null,
  memoryLimitBytes: null,
  ports: ['127.0.0.1:8080'],
};

async function shown(settings: Partial<Parameters<typeof printStatus>[1]>) {
  const { context, written } = testContext();
  await printStatus(context, {
    plan: planOf(fixtures.staging),
    stack: 'staging',
    components: [edge, backend],
    missing: [],
    answer: { ok: true, status: 200, text: 'GET /health: 200 OK in 3 ms' },
    images: [],
    ...settings,
  });
  // The widths of the columns are cli-table3's.
  return { out: written.out.replace(/ +/g, ' ').replace(/ $/gm, ''), err: written.err };
}

test('a stack that works: a line for each container, the URL, the answer, no advice', async () => {
  const { out, err } = await shown({});
  expect(out).toMatch(/edge running healthy 10 min 127\.0\.0\.1:8080 shop-staging-edge caddy:2\n/);
  expect(out).toMatch(
    /backend running healthy 10 min 0\.5 CPU, 512 MiB shop-staging-backend-a1b2-1 sha256:cccccccccccc\n/,
  );
  expect(out).toMatch(
    /url http:\/\/staging\.localhost:8080 \(public: https:\/\/staging\.localhost, TLS ends in front of it\)\nhealth GET \/health: 200 OK in 3 ms\n$/,
  );
  expect(err).toBe('');
});

test('what restarts, what is missing, and how it is restored', async () => {
  const { out, err } = await shown({
    components: [edge, { ...backend, health: null, restarts: 3, ok: false }],
    missing: ['redis'],
    answer: { ok: false, text: 'GET /health: no answer (ECONNREFUSED)' },
  });
  expect(out).toContain('backend running (3 restarts) 10 min');
  expect(out).toContain('redis: a container is missing\n');
  expect(out).toContain('health GET /health: no answer (ECONNREFUSED)\n');
  expect(err).toBe('to restore what is missing: medusa-infra up -s staging\n');
});

test('a replica of a release that gets no requests is no fault', async () => {
  const { out, err } = await shown({
    components: [edge, { ...backend, health: 'starting', serving: false }],
    answer: undefined,
  });
  expect(out).toContain('backend running, not serving starting');
  expect(out).not.toContain('health GET');
  expect(err).toBe('');
});

test('an edge that signs its certificate itself, and images that are due', async () => {
  const { out, err } = await shown({
    plan: planOf({
      ...fixtures.staging,
      edge: { ...fixtures.staging.edge, trustForwarded: false },
    }),
    answer: { ok: true, status: 200, trust: "the edge's own authority", text: 'ok' },
    images: [
      {
        name: 'postgres',
        reference: 'postgres:15',
        ref: 'sha256:1',
        version: '15.20',
        chosen: null,
        checked: null,
        created: '2026-01-01T00:00:00.000Z',
        ageDays: 90,
        due: true,
      },
    ],
  });
  expect(out).toContain('url http://staging.localhost:8080\n');
  expect(out).toMatch(/images age: postgres \d+ d\n/);
  expect(err).toBe(
    'images older than images.maxAge: postgres; run: medusa-infra images update -s staging\n' +
      'to trust the edge: docker cp shop-staging-edge:/data/tls/pki/authorities/local/root.crt edge-root.crt\n',
  );
});
