import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { docker, leftovers } from '../../support/engine.ts';
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

it.each(['up', 'preview'])(
  '%s of a wrong file names every issue and makes nothing',
  async (command) => {
    project.writeStack('staging', wrong);
    const images = (await docker.listImages()).length;
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
    console.log(result.stderr);
    expect(issues.map((line) => line.split(': ')[0])).toEqual([
      'stacks/staging.yaml:4:3 backend.replcas',
      'stacks/staging.yaml:5:8 backend.cpu',
      'stacks/staging.yaml:6:10 backend.env.REDIS_URL',
      'stacks/staging.yaml:7:31 edge.tls',
      'stacks/staging.yaml:8:8 redis',
    ]);
    expect(issues[0]).toContain('did you mean "replicas"?');
    expect(result.stdout).toBe('');
    expect(await leftovers(project.name)).toEqual([]);
    expect((await docker.listImages()).length).toBe(images);
    expect(readdirSync(project.stateFolder)).toEqual([]);
  },
);
