import { createCipheriv, pbkdf2Sync } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { outputsOf, plainValue } from '../../../../src/cli/run/stack-state.ts';
import {
  decryptState,
  hasStateFile,
  readStateFile,
  removeDamagedAttributes,
} from '../../../../src/cli/run/state-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const SALT = Buffer.from('saltsalt');
const NONCE = Buffer.from('nonce-nonce-');
const PASSPHRASE = 'correct horse';
const KEY = pbkdf2Sync(PASSPHRASE, SALT, 1_000_000, 32, 'sha256');

/** As Pulumi's passphrase provider encrypts a value. */
function sealed(value: unknown) {
  const cipher = createCipheriv('aes-256-gcm', KEY, NONCE);
  const data = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()]);
  const ciphertext = `v1:${NONCE.toString('base64')}:${Buffer.concat([data, cipher.getAuthTag()]).toString('base64')}`;
  return { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', ciphertext };
}

const deployment = {
  secrets_providers: {
    type: 'passphrase',
    state: { salt: `v1:${SALT.toString('base64')}:v1:x:y` },
  },
  resources: [
    {
      urn: 'urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev',
      type: 'pulumi:pulumi:Stack',
      outputs: {
        url: 'http://localhost:9000',
        environment: sealed({ JWT_SECRET: 'x"y', PORT: '9000' }),
        nested: [{ deep: sealed('ü') }],
      },
    },
  ],
};
const state = { version: 3, deployment };

describe('a state that is decrypted', () => {
  test.each(['PULUMI_CONFIG_PASSPHRASE', 'PULUMI_CONFIG_PASSPHRASE_FILE'])(
    'has its values, with the passphrase of %s',
    async (name) => {
      const file = join(temporaryFolder(), 'passphrase');
      writeFileSync(file, `${PASSPHRASE}\n`);
      const env = { [name]: name.endsWith('FILE') ? file : PASSPHRASE };
      const { deployment: open } = (await decryptState(state, env)) ?? {};
      const outputs = outputsOf(open ?? {});
      expect(outputs['url']).toBe('http://localhost:9000');
      expect(plainValue(outputs['environment'])).toEqual({ JWT_SECRET: 'x"y', PORT: '9000' });
      expect(plainValue((outputs['nested'] as [{ deep: unknown }])[0].deep)).toBe('ü');
    },
  );

  test.each([
    ['no passphrase', state, {}],
    ['a wrong passphrase', state, { PULUMI_CONFIG_PASSPHRASE: 'wrong' }],
    ['a file that is missing', state, { PULUMI_CONFIG_PASSPHRASE_FILE: '/nonexistent' }],
    [
      'another secrets provider',
      { version: 3, deployment: { ...deployment, secrets_providers: { type: 'cloud' } } },
      { PULUMI_CONFIG_PASSPHRASE: PASSPHRASE },
    ],
    ['no deployment', { version: 3 }, { PULUMI_CONFIG_PASSPHRASE: PASSPHRASE }],
  ])('is left to Pulumi with %s', async (_, sealedState, env) => {
    expect(await decryptState(sealedState, env)).toBeUndefined();
  });
});

describe('a state file', () => {
  const folder = (files: Readonly<Record<string, string>>) => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'stacks', 'shop'), { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(root, 'stacks', 'shop', name), text);
    }
    return root;
  };
  const checkpoint = JSON.stringify({ version: 3, checkpoint: { latest: deployment } });

  test('gives what `pulumi stack export` writes', () => {
    const root = folder({ 'dev.json': checkpoint, 'dev.json.bak': '' });
    expect(readStateFile(root, 'shop', 'dev')).toEqual(state);
    expect(hasStateFile(root, 'shop', 'dev')).toBe(true);
  });

  test.each([
    ['is missing', {}],
    ['is compressed', { 'dev.json.gz': '' }],
    ['is there twice', { 'dev.json': checkpoint, 'dev.json.gz': '' }],
    ['is half written', { 'dev.json': '{"version": 3, ' }],
    ['has another version', { 'dev.json': '{"version": 2, "checkpoint": {}}' }],
  ])('is left to Pulumi where it %s', (_, files) => {
    expect(readStateFile(folder(files as Record<string, string>), 'shop', 'dev')).toBeUndefined();
  });

  test('of a stack that was made and never deployed has no deployment', () => {
    const root = folder({ 'dev.json': '{"version": 3, "checkpoint": {"stack": "dev"}}' });
    expect(readStateFile(root, 'shop', 'dev')).toEqual({ version: 3 });
  });
});

test.each([
  ['empty', '', false],
  ['cut off', '{"user.content_type":"app', false],
  ['whole', '{"user.content_type":"application/json"}', true],
])('attributes of a state are kept only if they are whole: %s', (_, text, kept) => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'stacks/shop'), { recursive: true });
  const files = ['meta.yaml', 'stacks/shop/dev.json'].map((name) => join(folder, name));
  for (const file of files) {
    writeFileSync(file, '{}');
    writeFileSync(`${file}.attrs`, text);
  }
  removeDamagedAttributes(folder, 'shop', 'dev');
  for (const file of files) {
    expect(existsSync(file)).toBe(true);
    expect(existsSync(`${file}.attrs`)).toBe(kept);
  }
});
