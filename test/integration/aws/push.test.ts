import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as pulumi from '@pulumi/pulumi';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { publishedImage } from '../../../infra/targets/aws/published-image.ts';
import { UserError } from '../../../src/errors.ts';
import { EnginePublisher } from '../../../src/images/publish/engine-publisher.ts';
import type { ImageRecipe, Repository } from '../../../src/images/publish/image-publisher.ts';
import { formatProblem } from '../../../src/stack/problems.ts';
import { DebianRegistry } from '../../support/debian-registry.ts';
import { docker, removeProject } from '../../support/engine.ts';
import { smallImage } from '../../support/moto/aws-project.ts';

const user = { username: 'pusher', password: 'a password of the test' };
const project = `it-push-${Math.random().toString(36).slice(2, 8)}`;
const folder = mkdtempSync(join(tmpdir(), `${project}-`));
const before = process.env['DOCKER_CONFIG'];
let registry: DebianRegistry;
let recipe: ImageRecipe;
let logged: string[];
let publisher: EnginePublisher;

beforeAll(async () => {
  registry = await DebianRegistry.start(user);
  recipe = {
    base: { reference: await smallImage(project) },
    files: { '/opt/medusa-infra/greeting.txt': 'good morning\n' },
    writableFolders: ['/tmp'],
    platform: process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64',
  };
  // Nobody has logged in anywhere.
  process.env['DOCKER_CONFIG'] = folder;
  logged = [];
  publisher = new EnginePublisher({ engine: docker, log: (line) => void logged.push(line) });
});

afterEach(() => {
  logged.length = 0;
  rmSync(join(folder, 'config.json'), { force: true });
});

afterAll(async () => {
  if (before === undefined) delete process.env['DOCKER_CONFIG'];
  else process.env['DOCKER_CONFIG'] = before;
  await registry?.stop();
  await removeProject(project);
  rmSync(folder, { recursive: true, force: true });
});

const repositoryUrl = (name: string) => `${registry.address}/${project}/${name}`;

/** As the program asks for it. */
function published(name: string, login?: Repository['login']): Promise<string> {
  const image = publishedImage({
    publisher,
    repositoryUrl: repositoryUrl(name),
    ...(login ? { login } : {}),
    tagPrefix: 'release-',
    recipe,
  });
  // The promise behind an output, which alone reports a failure.
  return (image as pulumi.Output<string> & { promise(): Promise<string> }).promise();
}

/** What the engine then calls it, after it has pulled it again. */
async function pulledFile(image: string, file: string): Promise<string> {
  const { id } = await docker.createContainer({ Image: image, Cmd: ['/none'] });
  try {
    const archive = await docker.getContainer(id).getArchive({ path: file });
    const chunks: Buffer[] = [];
    for await (const chunk of archive) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    await docker.getContainer(id).remove({ force: true });
  }
}

describe('an image that is pushed to a real registry', () => {
  test('is what the registry gives for the digest that comes back', async () => {
    const image = await published('shop', async () => user);
    expect(image).toMatch(new RegExp(`^${repositoryUrl('shop')}@sha256:[0-9a-f]{64}$`));
    const tag = /release-[0-9a-f]{16}/.exec(logged[0] ?? '')?.[0];
    expect(logged).toEqual(
      ['building', 'pushing'].map((doing) => `${doing} ${repositoryUrl('shop')}:${tag}`),
    );
    expect(await registry.has(image)).toBe(true);
    await docker.getImage(`${repositoryUrl('shop')}:${tag}`).remove();
    await expect(docker.getImage(image).inspect()).rejects.toMatchObject({ statusCode: 404 });
    writeFileSync(
      join(folder, 'config.json'),
      JSON.stringify({ auths: { [registry.address]: { auth: basic() } } }),
    );
    const stream = await docker.pull(image, {
      authconfig: { ...user, serveraddress: registry.address },
    });
    await new Promise((done, fail) =>
      docker.modem.followProgress(stream, (error) => (error ? fail(error) : done(undefined))),
    );
    try {
      expect(await pulledFile(image, '/opt/medusa-infra/greeting.txt')).toContain('good morning\n');
      expect(await pulledFile(image, '/shop')).toContain('a shop');
    } finally {
      await docker.getImage(image).remove();
    }
  });

  test('is neither built nor pushed a second time', async () => {
    const image = await published('shop', async () => user);
    expect(logged).toEqual([]);
    expect(await registry.has(image)).toBe(true);
  });

  test('takes the login that docker login has kept', async () => {
    writeFileSync(
      join(folder, 'config.json'),
      JSON.stringify({ auths: { [registry.address]: { auth: basic() } } }),
    );
    const image = await published('kept-login');
    expect(await registry.has(image)).toBe(true);
  });
});

describe('another platform than the one of this engine', () => {
  const own = process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64';
  const other = process.arch === 'arm64' ? 'linux/amd64' : 'linux/arm64';
  const name = process.arch === 'arm64' ? 'x86_64' : 'arm64';
  const url = () => repositoryUrl('other');
  const tag = 'release-0123456789abcdef';
  /** What is reported before the first resource. */
  let early: readonly string[];
  const refusal = async (base: ImageRecipe['base']) => {
    const problems = await publisher.baseProblems({ ...recipe, base, platform: other });
    early = problems.map(formatProblem);
    const asked = publisher.publish({ url: url(), login: async () => user }, tag, {
      ...recipe,
      base,
      platform: other,
    });
    const error: unknown = await asked.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  };

  afterEach(async () => {
    expect(await publisher.find({ url: url(), login: async () => user }, tag)).toBeUndefined();
  });

  test('of an image that the engine has under that name: the registry is asked for the other one', async () => {
    const message = await refusal(recipe.base);
    expect(message).toMatch(
      new RegExp(
        `^backend\\.image: ${project}/shop:1\\.4\\.2 is for ${own} on this engine, and ${other} is needed \\(aws\\.backend\\.architecture: ${name}\\); its registry has no other \\(.+\\); build it for that platform too `,
      ),
    );
  });

  test('of an image that is on this engine alone, such as PostgreSQL from Debian packages', async () => {
    const { Id } = await docker.getImage(`${project}/shop:1.4.2`).inspect();
    const message = await refusal({ reference: Id });
    expect(message).toContain(`is for ${own}, and ${other} is needed`);
    expect(message).toContain('images from Debian packages are for the processor');
    expect(early).toEqual([message]);
    expect(logged).toEqual([]);
  });

  test('of a folder: refused at once, or built where the engine can emulate it, and looked at before it is pushed', async () => {
    const context = mkdtempSync(join(folder, 'context-'));
    // What is on the engine for its own platform, the classic builder takes for any other.
    writeFileSync(join(context, 'Dockerfile'), `FROM ${project}/shop:1.4.2\n`);
    const message = await refusal({ context, dockerfile: 'Dockerfile', args: {}, digest: 'd' });
    expect(message).toMatch(
      new RegExp(
        `^(backend\\.image: a folder has to be built for ${other} .* runs on ${own} without emulation; run up where the engine runs on ${other}, |the engine built \\S+ for ${own}, and ${other} is needed .*nothing was pushed)`,
      ),
    );
  });
});

describe('a registry that refuses', () => {
  const tag = 'release-0123456789abcdef';
  const wrong = async () => ({ ...user, password: 'another password' });
  const refusal = async (asked: Promise<unknown>) => {
    const error: unknown = await asked.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  };
  const url = () => repositoryUrl('refused');
  const advice = () =>
    `log in to it (docker login ${registry.address}) and check that the repository exists`;

  test.each([
    ['a wrong password', wrong],
    ['no login', undefined],
  ])('says so before anything is built: %s', async (_, login) => {
    const message = await refusal(publisher.find({ url: url(), ...(login ? { login } : {}) }, tag));
    expect(message).toBe(
      `the registry of ${url()} does not say whether it has ${tag} (HTTP 401); ${advice()}`,
    );
    expect(logged).toEqual([]);
  });

  test('says so at the push', async () => {
    const message = await refusal(publisher.publish({ url: url(), login: wrong }, tag, recipe));
    expect(message).toBe(
      `the registry of ${url()} refuses the image: unauthorized: authentication required; ${advice()}`,
    );
    expect(logged).toEqual([`building ${url()}:${tag}`, `pushing ${url()}:${tag}`]);
  });

  test('or is not there is reported as well', async () => {
    const gone = await DebianRegistry.start();
    await gone.stop();
    const message = await refusal(publisher.find({ url: `${gone.address}/shop` }, tag));
    expect(message).toMatch(
      /^the registry of \S+\/shop does not say whether it has \S+ \(ECONNREFUSED\); log in /,
    );
  });
});

const basic = () => Buffer.from(`${user.username}:${user.password}`).toString('base64');
