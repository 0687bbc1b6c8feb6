import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { leftovers } from '../../support/engine.ts';
import { TestProject } from '../../support/project.ts';

let project: TestProject;

beforeAll(async () => {
  project = await TestProject.create();
});

afterAll(() => project.cleanup());

const wrong = `target: docker
environment: staging
backend:
  replcas: 2
  cpu: half
  env: { REDIS_URL: 'redis://elsewhere' }
edge: { host: shop.localhost, tls: off }
redis: false
`;

const expected = [
  'stacks/staging.yaml:4:3 backend: unknown key "replcas"; did you mean "replicas"?',
  'stacks/staging.yaml:5:8 backend.cpu: a CPU share from 10m to 128, such as 500m or 0.5, got "half"',
  'stacks/staging.yaml:6:21 backend.env.REDIS_URL: derived from redis; remove it here',
  'stacks/staging.yaml:7:36 edge.tls: off in staging leaves the login without a cookie; write auto, or trustForwarded: true where TLS ends in front of this edge; or accept tls-off with a reason',
  'stacks/staging.yaml:8:8 redis: required in staging for cache, events and sessions; remove redis: false, or name your own under redis.external',
];

it.each(['up', 'preview'])(
  '%s of a wrong file names every issue and makes nothing',
  async (command) => {
    project.writeStack('staging', wrong);
    const result = await project.run([
      command,
      '-s',
      'staging',
      ...(command === 'up' ? ['--yes'] : []),
    ]);
    expect(result.code).toBe(1);
    const issues = result.stderr
      .split('\n')
      .filter((line) => line.startsWith('stacks/staging.yaml:'));
    expect(issues).toEqual(expected);
    expect(result.stdout).toBe('');
    expect(await leftovers(project.name)).toEqual([]);
    expect(readdirSync(project.stacks)).toEqual(['staging.yaml']);
    expect(readdirSync(project.stateFolder)).toEqual([]);
  },
);
