import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  backendFolder,
  ensurePassphraseFile,
  stateSettings,
} from '../../../../src/cli/run/state.ts';
import { folderWith } from '../../../support/unit/cli.ts';

describe('where the state lives', () => {
  test('by default in the home folder, with a generated passphrase', () => {
    const home = folderWith({});
    const file = join(home, '.pulumi/medusa-infra/passphrase');
    expect(stateSettings({ HOME: home })).toEqual({
      env: { PULUMI_BACKEND_URL: 'file://~?metadata=skip', PULUMI_CONFIG_PASSPHRASE_FILE: file },
      backend: 'file://~',
      chosenBy: 'default',
      passphraseFile: file,
    });
    expect(readFileSync(file, 'utf8')).toMatch(/^[\w-]{43}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, '.pulumi/medusa-infra')).mode & 0o777).toBe(0o700);
  });

  test('an empty passphrase file is reported, and stays', () => {
    const home = folderWith({ '.pulumi/medusa-infra/passphrase': '' });
    const file = join(home, '.pulumi/medusa-infra/passphrase');
    expect(() => stateSettings({ HOME: home }, ['/shop/stacks/Pulumi.dev.yaml'])).toThrow(
      `${file} is empty: it lacks the passphrase of /shop/stacks/Pulumi.dev.yaml; restore the file`,
    );
    expect(() => stateSettings({ HOME: home }, [])).toThrow(
      `${file} is empty, so nothing can be encrypted with it; remove the file, and the next run makes a new passphrase`,
    );
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  test('no second passphrase is made where the first one has encrypted something', () => {
    const home = folderWith({});
    const file = join(home, '.pulumi/medusa-infra/passphrase');
    const encrypted = ['/shop/stacks/Pulumi.dev.yaml', '/shop/stacks/Pulumi.staging.yaml'];
    expect(() => stateSettings({ HOME: home }, encrypted)).toThrow(
      `${file} is missing, and with it the passphrase of /shop/stacks/Pulumi.dev.yaml, /shop/stacks/Pulumi.staging.yaml; restore the file from a backup or another machine, or set PULUMI_CONFIG_PASSPHRASE_FILE to it; if the stacks are gone for good, remove these files`,
    );
    stateSettings({ HOME: home });
    expect(stateSettings({ HOME: home }, encrypted).passphraseFile).toBe(file);
  });

  test('a moved Pulumi folder takes the state along', () => {
    const home = folderWith({});
    const { env } = stateSettings({ HOME: '/nonexistent', PULUMI_HOME: home });
    expect(env).toEqual({
      PULUMI_BACKEND_URL: `file://${home}?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(home, 'medusa-infra/passphrase'),
    });
  });

  test('PULUMI_BACKEND_URL is respected', () => {
    const home = folderWith({});
    expect(stateSettings({ HOME: home, PULUMI_BACKEND_URL: 's3://bucket' })).toMatchObject({
      backend: 's3://bucket',
      chosenBy: 'PULUMI_BACKEND_URL',
      env: { PULUMI_CONFIG_PASSPHRASE_FILE: expect.any(String) },
    });
  });

  test.each([
    ['file:///srv/state', 'file:///srv/state?metadata=skip'],
    ['file:///srv/state?no_tmp_dir=true', 'file:///srv/state?no_tmp_dir=true&metadata=skip'],
    ['file:///srv/state?metadata=', 'file:///srv/state?metadata='],
  ])('no attributes are kept next to the files of %s', (backend, used) => {
    const home = folderWith({
      '.pulumi/credentials.json': JSON.stringify({ current: backend }),
    });
    for (const env of [{ PULUMI_BACKEND_URL: backend }, {}]) {
      expect(stateSettings({ HOME: home, ...env })).toMatchObject({
        backend,
        env: { PULUMI_BACKEND_URL: used },
      });
    }
  });

  test('a login is respected; with the cloud no passphrase is made', () => {
    const home = folderWith({
      '.pulumi/credentials.json': JSON.stringify({ current: 'https://api.example.com' }),
    });
    expect(stateSettings({ HOME: home })).toEqual({
      env: {},
      backend: 'https://api.example.com',
      chosenBy: 'login',
    });
  });

  test('after a logout the default holds again', () => {
    const home = folderWith({ '.pulumi/credentials.json': JSON.stringify({ current: '' }) });
    expect(stateSettings({ HOME: home }).chosenBy).toBe('default');
  });

  test('a broken credentials file is named', () => {
    const home = folderWith({ '.pulumi/credentials.json': '{' });
    expect(() => stateSettings({ HOME: home })).toThrow(
      `${home}/.pulumi/credentials.json is not valid JSON; log in again: pulumi login`,
    );
  });

  test('an access token chooses the cloud', () => {
    const home = folderWith({});
    expect(stateSettings({ HOME: home, PULUMI_ACCESS_TOKEN: 'x' })).toEqual({
      env: {},
      chosenBy: 'token',
    });
  });

  test.each(['PULUMI_CONFIG_PASSPHRASE', 'PULUMI_CONFIG_PASSPHRASE_FILE'])(
    '%s of the user is left alone, also when empty',
    (name) => {
      const home = folderWith({});
      expect(stateSettings({ HOME: home, [name]: '' }).env).toEqual({
        PULUMI_BACKEND_URL: 'file://~?metadata=skip',
      });
    },
  );
});

test('a passphrase that is there is never replaced', () => {
  const folder = folderWith({});
  const file = ensurePassphraseFile(join(folder, 'deep/passphrase'));
  writeFileSync(file, 'mine');
  expect(readFileSync(ensurePassphraseFile(file), 'utf8')).toBe('mine');
});

test('the folder of a backend on this disk', () => {
  const env = { HOME: '/home/me' };
  expect(backendFolder('file://~', env)).toBe('/home/me/.pulumi');
  expect(backendFolder('file://~/state', env)).toBe('/home/me/state/.pulumi');
  expect(backendFolder('file:///var/state?no_tmp_dir=true', env)).toBe('/var/state/.pulumi');
  expect(backendFolder('s3://bucket', env)).toBeUndefined();
  expect(backendFolder(undefined, env)).toBeUndefined();
});
