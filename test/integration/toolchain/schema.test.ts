import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureToolchain, type Toolchain } from '../../../toolchain/ensure.ts';
import { readSdk, type SdkResource } from '../../support/npm-sdk.ts';
import { PluginClient } from '../../support/plugin-client.ts';
import {
  inputsOf,
  outputsOf,
  type PluginSchema,
  pluginSchema,
  typesOf,
} from '../../support/plugin-schema.ts';

// The plugins in use (built here or the vendor's) must be what the npm SDKs were generated for.
const sdks = { docker: readSdk('docker'), random: readSdk('random') };
type Name = keyof typeof sdks;
const names: readonly Name[] = ['docker', 'random'];

/** Classes that no plugin built here has: `Image` is no Terraform resource, the others are newer than the provider. */
const notBuilt: Record<Name, string[]> = {
  docker: ['Image'],
  random: ['RandomUuid4', 'RandomUuid7'],
};

let toolchain: Toolchain;
const schemas = {} as Record<Name, PluginSchema>;
const built = {} as Record<Name, boolean>;
const clients = {} as Record<Name, PluginClient>;

beforeAll(async () => {
  toolchain = await ensureToolchain({
    log: (line) => console.error(line),
    parts: ['pulumi', 'plugin-random', 'plugin-docker', 'engine'],
  });
  for (const name of names) {
    const part = toolchain.report.find((line) => line.part === `plugin-${name}`);
    if (!part) throw new Error(`no plugin ${name} in the report`);
    built[name] = part.origin === 'built';
    schemas[name] = await pluginSchema(toolchain, part.path);
    clients[name] = await PluginClient.start(part.path);
  }
});

afterAll(() => {
  for (const client of Object.values(clients)) client.stop();
});

const cases = names.flatMap((name) =>
  Object.entries(sdks[name].resources)
    .filter(([type]) => !notBuilt[name].includes(type))
    .map(([type, sdk]): [string, Name, SdkResource] => [`${name}.${type}`, name, sdk]),
);

describe.each(cases)('%s', (_, name, sdk) => {
  const resource = () => {
    const found = schemas[name].resources[sdk.token];
    if (!found) throw new Error(`the plugin has no ${sdk.token}`);
    return found;
  };

  test('has the inputs of the npm SDK', () => {
    expect(inputsOf(resource())).toEqual(sdk.inputs);
  });

  test('has the outputs of the npm SDK', () => {
    expect(outputsOf(resource())).toEqual(sdk.outputs);
  });

  test('has the secret outputs of the npm SDK', () => {
    const secrets = Object.entries(resource().properties ?? {}).filter(([, type]) => type.secret);
    expect(secrets.map(([property]) => property).sort()).toEqual(sdk.secrets);
  });
});

/** Object types that only `docker.Image` and the functions have, which this project does not use. */
const unused = /^(CacheFrom|DockerBuild|Registry|Get.*)$/;

test.each(names)('the object types of %s are those of the npm SDK', (name) => {
  const { inputTypes, outputTypes } = sdks[name];
  for (const [direction, declared] of [
    ['input', inputTypes],
    ['output', outputTypes],
  ] as const) {
    const wanted = Object.entries(declared).filter(([type]) => !unused.test(type));
    const types = typesOf(schemas[name], direction);
    expect(Object.fromEntries(wanted.map(([type]) => [type, types[type]]))).toEqual(
      Object.fromEntries(wanted),
    );
  }
});

test.each(names)('the provider %s is configured as in the npm SDK', (name) => {
  expect(inputsOf(schemas[name].provider)).toEqual(sdks[name].provider);
});

test.each(names)('the plugin %s lacks no class but those that are known', (name) => {
  const lacking = Object.entries(sdks[name].resources)
    .filter(([, { token }]) => !(token in schemas[name].resources))
    .map(([type]) => type);
  expect(lacking).toEqual(built[name] ? notBuilt[name] : []);
});

test('the program uses only classes that the built plugins have', () => {
  const used = new Set<string>();
  for (const file of readdirSync('infra', { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(path.join('infra', file), 'utf8');
    for (const match of text.matchAll(/'@pulumi\/(docker|random)\/(\w+)\.js'/g)) {
      const type = `${match[2]?.charAt(0).toUpperCase()}${match[2]?.slice(1)}`;
      used.add(`${match[1]}.${type}`);
    }
    // The whole package is slow to load and hides what is used of it.
    expect(text).not.toMatch(/import (?!type)[^;]*'@pulumi\/(docker|random)'/);
  }
  expect([...used].sort()).toEqual(
    expect.arrayContaining([
      'docker.Container',
      'docker.Network',
      'docker.Volume',
      'random.RandomPassword',
    ]),
  );
  const compared = [...cases.map(([title]) => title), 'docker.Provider', 'random.Provider'];
  expect([...used].filter((type) => !compared.includes(type))).toEqual([]);
});

const urn = (token: string) => `urn:pulumi:test::schema::${token}::thing`;

test.each([
  ['random.RandomPassword', { length: 32 }],
  ['random.RandomBytes', { length: 32 }],
  ['random.RandomId', { byteLength: 8 }],
] as const)('%s is replaced by what its description says replaces it', async (title, inputs) => {
  const sdk = sdks.random.resources[title.slice('random.'.length)];
  expect(sdk?.replacing).toEqual(['keepers']);
  const at = urn(sdk?.token ?? '');
  const before = await clients.random.check(at, { ...inputs, keepers: { version: '1' } });
  const { id, state } = await clients.random.create(at, before);
  const old = { id, state, inputs: before };
  const after = await clients.random.check(at, { ...inputs, keepers: { version: '2' } });
  expect((await clients.random.diff(at, old, after)).replaces).toEqual(
    expect.arrayContaining([expect.stringMatching(/^keepers/)]),
  );
  expect((await clients.random.diff(at, old, before)).replaces).toEqual([]);
});

test('every input of docker whose description says that it replaces the resource does so', () => {
  const found = Object.entries(sdks.docker.resources)
    .filter(([type]) => !notBuilt.docker.includes(type))
    .flatMap(([type, { token, replacing }]) =>
      replacing.map((input) => [
        `${type}.${input}`,
        schemas.docker.resources[token]?.inputProperties?.[input]?.willReplaceOnChanges,
      ]),
    );
  expect(found).toEqual([
    ['RegistryImage.triggers', true],
    ['RemoteImage.triggers', true],
  ]);
});

test.each(['Container', 'Network', 'Volume'])(
  'docker.%s gets a generated name where the program gives none, and keeps the one given',
  async (type) => {
    const at = urn(sdks.docker.resources[type]?.token ?? '');
    const image = type === 'Container' ? { image: 'sha256:0' } : {};
    expect((await clients.docker.check(at, image))['name']).toMatch(/^thing-[0-9a-f]{7}$/);
    expect((await clients.docker.check(at, { ...image, name: 'mine' }))['name']).toBe('mine');
  },
);

test('an image keeps its name, since another name is another image', async () => {
  const at = urn(sdks.docker.resources['RemoteImage']?.token ?? '');
  expect((await clients.docker.check(at, { name: 'postgres:17' }))['name']).toBe('postgres:17');
});

test('a container is deleted before its replacement unless the program says otherwise', async () => {
  const at = urn(sdks.docker.resources['Container']?.token ?? '');
  const before = await clients.docker.check(at, { image: 'sha256:0', envs: ['A=1'] });
  const old = { id: '0', state: before, inputs: before };
  const after = { ...before, envs: ['A=2'] };
  const diff = await clients.docker.diff(at, old, after);
  expect(diff.replaces.length).toBeGreaterThan(0);
  expect(diff.deleteBeforeReplace).toBe(true);
});
