import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leftovers } from '../../support/engine.ts';
import { ImageRegistry } from '../../support/image-registry.ts';
import { freePort } from '../../support/ports.ts';
import { TestProject } from '../../support/project.ts';

let project: TestProject;

beforeAll(async () => {
  project = await TestProject.create({ newerNode: true });
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

test.each(['up', 'preview'])(
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

describe('what a right file names and the world lacks', () => {
  const registry = new ImageRegistry();
  const taken = createServer();
  let address: string;
  let port: number;

  beforeAll(async () => {
    address = await registry.start();
    for (const [name, tag] of Object.entries(OFFICIAL)) registry.offer(name, tag, {});
    registry.offer('shop', '1.4.2-foreign', {}, 's390x');
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    port = (taken.address() as AddressInfo).port;
  });

  afterAll(async () => {
    taken.close();
    await registry.stop();
  });

  // Redis' is the one that this registry has not.
  const OFFICIAL = { postgres: '17-bookworm', node: '22-bookworm-slim', caddy: '2' };

  const naming = (image: string) => `target: docker
backend:
  image: ${address}/${image}
database: { version: 17 }
images: { source: official, registry: '${address}' }
redis: { version: 7 }
edge:
  port: ${port}
`;

  test.each(['up', 'preview'])(
    '%s reports all of it at once, and touches nothing',
    async (command) => {
      project.writeStack('outside', naming('shop:1.4.3'));
      const args = [command, '-s', 'outside', ...(command === 'up' ? ['--yes'] : [])];
      const { code, stdout, stderr } = await project.run(args);
      expect(stderr.split('\n')).toEqual([
        `stacks/outside.yaml:3:10 backend.image: the registry ${address} has no ${address}/shop:1.4.3; correct the reference, or push the image first`,
        `stacks/outside.yaml:6:19 redis.version: the registry ${address} has no ${address}/redis:7-bookworm; push it there, or set images.registry to a registry that has it`,
        expect.stringMatching(
          new RegExp(
            `^stacks/outside\\.yaml:8:9 edge\\.port: port ${port} on 127\\.0\\.0\\.1 is taken by .+; set another port, or stop what holds it$`,
          ),
        ),
      ]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(await leftovers(project.name)).toEqual([]);
      expect(readdirSync(project.stacks).sort()).toEqual(['outside.yaml', 'staging.yaml']);
      expect(readdirSync(project.stateFolder)).toEqual([]);
    },
  );

  test('an image of another processor', async () => {
    project.writeStack(
      'outside',
      `target: docker\nbackend: { image: '${address}/shop:1.4.2-foreign' }\nedge: { port: ${await freePort()} }\n`,
    );
    const { code, stderr } = await project.run(['up', '-s', 'outside', '--yes']);
    const own = process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64';
    expect(stderr).toBe(
      `stacks/outside.yaml:2:19 backend.image: ${address}/shop:1.4.2-foreign is for linux/s390x, and ${own} is needed; build it for that platform too (docker buildx build --platform ${own})`,
    );
    expect(code).toBe(1);
  });
});

test('a first up that is refused leaves no stack, and what was set before as it was', async () => {
  const set = 'config:\n  aws:profile: shop\n';
  mkdirSync(join(project.folder, 'store'));
  writeFileSync(join(project.folder, 'store/Dockerfile'), 'FROM scratch\n');
  project.writeStack('Pulumi.secretive', set);
  project.writeStack(
    'secretive',
    `target: docker
backend: { image: { build: ../store }, env: { KEY: { secret: key } } }
secrets: { key: { from: config } }
images: { source: debian }
edge: { port: ${await freePort()} }
`,
  );
  const stateOfStacks = join(project.stateFolder, '.pulumi/stacks', project.name);
  const settings = () => readFileSync(join(project.stacks, 'Pulumi.secretive.yaml'), 'utf8');
  for (const args of [['up', '--yes'], ['preview']]) {
    const { code, stderr } = await project.run([...args, '-s', 'secretive']);
    expect(stderr).toContain(
      'secrets.key: not set for secretive; run: medusa-infra secrets set key -s secretive',
    );
    expect(code).toBe(1);
    expect(settings()).toBe(set);
    expect(readdirSync(stateOfStacks).filter((name) => name.endsWith('.json'))).toEqual([]);
  }
});
