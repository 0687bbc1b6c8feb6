import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BuildOptions, prepareBuildContext } from '../../../src/images/build-context.ts';
import { ProblemError } from '../../../src/stack/problems.ts';

let root: string;
let folder: string;
let cacheBefore: string | undefined;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'build-context-'));
  folder = join(root, 'shop');
  cacheBefore = process.env['MEDUSA_INFRA_CACHE'];
  process.env['MEDUSA_INFRA_CACHE'] = join(root, 'cache');
  await put({
    Dockerfile: 'ARG NODE_IMAGE=node:22\nFROM ${NODE_IMAGE}\nCOPY . .\nRUN npm ci\n',
    '.dockerignore': '*\n!package.json\n!src\nsrc/*.test.js\n',
    'package.json': '{}',
    'src/index.js': 'one',
    'src/deep/run.sh': 'two',
    'src/index.test.js': 'three',
    'node_modules/x/index.js': 'four',
    '.env': 'five',
  });
});

afterEach(async () => {
  if (cacheBefore === undefined) delete process.env['MEDUSA_INFRA_CACHE'];
  else process.env['MEDUSA_INFRA_CACHE'] = cacheBefore;
  await rm(root, { recursive: true, force: true });
});

async function put(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

const node = { ref: `sha256:${'a'.repeat(64)}`, name: 'medusa-infra/node:22', version: '22.1.0' };
const plain: BuildOptions = { nodeImage: node, network: { proxies: {} } };
const prepare = (options: BuildOptions = plain, args: Record<string, string> = {}) =>
  prepareBuildContext({ build: folder, dockerfile: 'Dockerfile', args }, options);
const digest = async (options?: BuildOptions, args?: Record<string, string>) =>
  (await prepare(options, args)).digest;
const staged = async (context: string) =>
  (await readdir(context, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(context.length + 1))
    .sort();

describe('what the build gets', () => {
  test('exactly what .dockerignore lets through, with the Dockerfile', async () => {
    const { context, dockerfile, args, notes } = await prepare();
    expect(await staged(context)).toEqual([
      'Dockerfile',
      'package.json',
      'src/deep/run.sh',
      'src/index.js',
    ]);
    expect({ dockerfile, args, notes }).toEqual({
      dockerfile: 'Dockerfile',
      args: { NODE_IMAGE: 'medusa-infra/node:22' },
      notes: [],
    });
    expect(context.startsWith(join(root, 'cache'))).toBe(true);
  });

  test('an image that was built here has a name that stays on this machine and means its content', async () => {
    const name = 'localhost/medusa-infra/node:22-debian-bookworm';
    const { args } = await prepare({ nodeImage: { ...node, name } });
    expect(args).toEqual({ NODE_IMAGE: 'localhost/medusa-infra/node:aaaaaaaaaaaa' });
  });

  test("Docker's rules, not git's: a name without a slash means the root", async () => {
    await put({ '.dockerignore': 'index.js\n**/run.sh\n' });
    const files = await staged((await prepare()).context);
    expect(files).toContain('src/index.js');
    expect(files).not.toContain('src/deep/run.sh');
  });

  test('links stay links', async () => {
    await symlink('index.js', join(folder, 'src/link.js'));
    const first = await prepare();
    expect(await readFile(join(first.context, 'src/link.js'), 'utf8')).toBe('one');
    await rm(join(folder, 'src/link.js'));
    await symlink('deep/run.sh', join(folder, 'src/link.js'));
    expect(await digest()).not.toBe(first.digest);
  });

  test('a base image by digest goes in as it is; an argument of the file wins', async () => {
    const ref = `node@sha256:${'b'.repeat(64)}`;
    expect((await prepare({ ...plain, nodeImage: { ...node, ref } })).args).toEqual({
      NODE_IMAGE: ref,
    });
    expect((await prepare(plain, { NODE_IMAGE: 'mine', OTHER: 'x' })).args).toEqual({
      NODE_IMAGE: 'mine',
      OTHER: 'x',
    });
  });

  test('a Dockerfile that does not declare NODE_IMAGE does not get it', async () => {
    await put({ Dockerfile: 'FROM node:20\nRUN true\n' });
    expect((await prepare()).args).toEqual({});
  });

  test('the runtime where only the Dockerfile asks for it', async () => {
    await put({
      Dockerfile: 'FROM scratch\nCOPY medusa-infra-runtime.cjs ./\n',
      'medusa-config.js': 'module.exports = {}',
    });
    const { context } = await prepare({ ...plain, runtimeBundle: 'new' });
    expect(await readFile(join(context, 'medusa-infra-runtime.cjs'), 'utf8')).toBe('new');
  });

  test('the runtime where medusa-config.js asks for it, instead of an old copy', async () => {
    await put({ '.dockerignore': '', 'medusa-infra-runtime.cjs': 'old' });
    const without = await prepare({ ...plain, runtimeBundle: 'new' });
    expect(await readFile(join(without.context, 'medusa-infra-runtime.cjs'), 'utf8')).toBe('old');
    await put({ 'medusa-config.js': "require('./medusa-infra-runtime.cjs')" });
    const first = await prepare({ ...plain, runtimeBundle: 'new' });
    expect(await readFile(join(first.context, 'medusa-infra-runtime.cjs'), 'utf8')).toBe('new');
    await put({ 'medusa-infra-runtime.cjs': 'older' });
    expect(await digest({ ...plain, runtimeBundle: 'new' })).toBe(first.digest);
    expect(await digest({ ...plain, runtimeBundle: 'newer' })).not.toBe(first.digest);
  });

  test("the host's authorities, registry and proxies, in their own folder", async () => {
    const caFile = join(root, 'company.crt');
    await writeFile(caFile, 'CERTIFICATE');
    const { context, notes } = await prepare({
      ...plain,
      network: {
        caFile,
        npmRegistry: 'https://npm.test/',
        proxies: { HTTPS_PROXY: 'http://proxy.test:3128', NO_PROXY: 'localhost' },
      },
    });
    expect(await readFile(join(context, '.medusa-infra/ca.crt'), 'utf8')).toBe('CERTIFICATE');
    expect(await readFile(join(context, '.medusa-infra/npmrc'), 'utf8')).toBe(
      'registry=https://npm.test/\nhttps-proxy=http://proxy.test:3128\nnoproxy=localhost\n',
    );
    expect(notes).toEqual([
      `Dockerfile does not use this machine's certificate authorities (${caFile}): they are added to its stages with RUN instructions`,
    ]);
    expect(await readFile(join(context, 'Dockerfile'), 'utf8')).toContain(
      'FROM ${NODE_IMAGE}\nCOPY .medusa-infra/ca.crt',
    );
  });

  test('an address of a proxy goes in without its password, and nobody else can read the copy', async () => {
    const { context, notes } = await prepare({
      ...plain,
      network: { proxies: { HTTPS_PROXY: 'http://me:s3@cret@proxy.test:3128', NO_PROXY: 'a@b' } },
    });
    expect(await readFile(join(context, '.medusa-infra/npmrc'), 'utf8')).toBe(
      'https-proxy=http://proxy.test:3128\nnoproxy=a@b\n',
    );
    expect((await stat(dirname(context))).mode & 0o777).toBe(0o700);
    expect(notes).toEqual([
      'HTTPS_PROXY contains a user and password, which would stay in a layer of the image: the build gets the address without them; let a proxy on this machine add them (such as cntlm), or build the image elsewhere and name it in backend.image',
    ]);
  });

  test('files with secrets are named, with the lines that keep them out', async () => {
    const key = '-----BEGIN PRIVATE KEY-----';
    await put({
      '.dockerignore': '!config/wanted.pem\n',
      '.env': 'A=b',
      '.env.production': 'A=b',
      '.env.template': 'A=',
      '.npmrc': '//npm.test/:_authToken=abc',
      'other/.npmrc': '//npm.test/:_authToken=${NPM_TOKEN}',
      'config/wanted.pem': key,
      'config/server.key': key,
      'config/ca.pem': '-----BEGIN CERTIFICATE-----',
      '.git/config': '[core]',
      '.git/HEAD': 'ref',
    });
    expect((await prepare()).notes).toEqual([
      `${folder} contains secrets that the build can copy into the image; to keep them out, add to its .dockerignore: .env .env.production .git .npmrc config/server.key (or, to include one on purpose, !.env)`,
    ]);
    await put({ '.dockerignore': '.env*\n.git\n.npmrc\n**/*.key\n!config/wanted.pem\n' });
    expect((await prepare()).notes).toEqual([]);
  });

  test('a missing folder or Dockerfile is reported with its fix', async () => {
    await expect(
      prepareBuildContext({ build: join(root, 'none'), dockerfile: 'Dockerfile', args: {} }),
    ).rejects.toThrow(
      new ProblemError({
        path: ['backend', 'image', 'build'],
        message: `there is no folder ${join(root, 'none')}; create it, or correct the path (relative to the stack file)`,
        code: 'build-context-missing',
      }),
    );
    await expect(
      prepareBuildContext({ build: folder, dockerfile: 'Other', args: {} }),
    ).rejects.toThrow(
      new ProblemError({
        path: ['backend', 'image', 'dockerfile'],
        message: `there is no file Other in ${folder}; write one, or correct the name`,
        code: 'build-context-missing',
      }),
    );
  });
});

describe('what the umask takes away or leaves open', () => {
  const usual = process.umask();
  afterEach(() => {
    process.umask(usual);
  });

  const modes = async (context: string) => {
    const entries = await readdir(context, { recursive: true, withFileTypes: true });
    const found: Record<string, string> = {};
    for (const { parentPath, name } of entries) {
      const path = join(parentPath, name);
      found[path.slice(context.length + 1)] = ((await stat(path)).mode & 0o777).toString(8);
    }
    return found;
  };

  test.each([0o077, 0o000])('is no part of the image: umask %i', async (mask) => {
    process.umask(mask);
    const caFile = join(root, 'ca.crt');
    await writeFile(caFile, 'A');
    await put({ 'medusa-config.js': "require('./medusa-infra-runtime.cjs')", 'src/tool.sh': '' });
    await chmod(join(folder, 'src/tool.sh'), 0o777 & ~mask);
    const { context } = await prepare({
      ...plain,
      runtimeBundle: 'bundle',
      network: { caFile, proxies: { HTTP_PROXY: 'http://p.test' } },
    });
    expect(await modes(context)).toEqual({
      '.medusa-infra': '755',
      '.medusa-infra/ca.crt': '644',
      '.medusa-infra/npmrc': '644',
      Dockerfile: '644',
      'medusa-infra-runtime.cjs': '644',
      'package.json': '644',
      src: '755',
      'src/deep': '755',
      'src/deep/run.sh': '644',
      'src/index.js': '644',
      'src/tool.sh': '755',
    });
    expect((await stat(context)).mode & 0o777).toBe(0o755);
  });
});

describe('the digest', () => {
  test('same content at the same place: same digest, same folder, untouched', async () => {
    const first = await prepare();
    await writeFile(join(first.context, 'mark'), '');
    await utimes(join(folder, 'src/index.js'), 1, 1);
    const second = await prepare();
    expect(second).toEqual(first);
    expect(await staged(second.context)).toContain('mark');
  });

  test('the same content in another checkout is the same folder', async () => {
    const { context } = await prepare();
    const elsewhere = join(root, 'elsewhere');
    await cp(folder, elsewhere, { recursive: true });
    const again = await prepareBuildContext(
      { build: elsewhere, dockerfile: 'Dockerfile', args: {} },
      plain,
    );
    expect(again.context).toBe(context);
  });

  test('what no build has used for a week is removed', async () => {
    const { context } = await prepare();
    const longAgo = new Date(Date.now() - 8 * 24 * 3_600_000);
    await utimes(join(`${context}.state`, 'digest'), longAgo, longAgo);
    await put({ 'src/index.js': 'changed' });
    const next = (await prepare()).context;
    expect(await readdir(join(root, 'cache', 'contexts'))).toEqual(
      [next, `${next}.state`].map((path) => basename(path)).sort(),
    );
  });

  test('the host’s network is no part of it, but reaches the next build', async () => {
    const before = await digest();
    const caFile = join(root, 'ca.crt');
    await writeFile(caFile, 'A');
    const network = { caFile, proxies: { HTTP_PROXY: 'http://p.test' } };
    expect(await digest({ ...plain, network })).toBe(before);
    await writeFile(caFile, 'B');
    const { context } = await prepare({ ...plain, network });
    expect(await readFile(join(context, '.medusa-infra/ca.crt'), 'utf8')).toBe('B');
  });

  test('arguments, the Dockerfile’s name and the base image change it', async () => {
    await put({ Other: await readFile(join(folder, 'Dockerfile'), 'utf8'), '.dockerignore': '' });
    const digests = [
      await digest(),
      await digest(plain, { A: '1' }),
      await digest(plain, { A: '2' }),
      await digest({ ...plain, nodeImage: { ...node, ref: `sha256:${'c'.repeat(64)}` } }),
      (await prepareBuildContext({ build: folder, dockerfile: 'Other', args: {} }, plain)).digest,
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });

  test('the right to execute changes it', async () => {
    const before = await digest();
    await chmod(join(folder, 'src/deep/run.sh'), 0o755);
    expect(await digest()).not.toBe(before);
    await chmod(join(folder, 'src/deep/run.sh'), 0o600);
    expect(await digest()).toBe(before);
  });

  test('a change, an addition or a removal counts exactly where .dockerignore lets it through', async () => {
    const name = fc.stringMatching(/^[a-z]{1,6}$/).map((text) => `new-${text}.js`);
    const place = fc.constantFrom('src', 'src/deep', 'lib', 'node_modules/y', '.');
    await fc.assert(
      fc.asyncProperty(place, name, fc.string(), async (where, file, text) => {
        const path = join(where, file);
        const before = await digest();
        await put({ [path]: text });
        const added = await digest();
        await put({ [path]: `${text}!` });
        const changed = await digest();
        await rm(join(folder, path));
        const removed = await digest();
        const counts = path.startsWith('src/');
        expect([added !== before, changed !== added, removed === before]).toEqual([
          counts,
          counts,
          true,
        ]);
      }),
      { numRuns: 25 },
    );
  });
});
