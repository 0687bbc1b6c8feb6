import * as pulumi from '@pulumi/pulumi';
import { describe, expect, test, vi } from 'vitest';
import { StackSecrets } from '../../../infra/secrets.ts';
import { readSuppliedSecrets } from '../../../infra/supplied-secrets.ts';
import type { PlannedSecret } from '../../../src/derive/plan.ts';
import type { Alphabet } from '../../../src/stack/stack-file.ts';
import { register } from './recorder.ts';

/** What an output comes to. */
function resolved<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply((value) => resolve(value as T));
  });
}

const cookie: PlannedSecret = {
  name: 'cookie',
  from: 'generated',
  length: 48,
  alphabet: 'alphanumeric',
  versions: [3, 2],
};

describe('generated secrets', () => {
  test('are one password a living version, named so that a raised version makes a new one', async () => {
    const found = await register(
      () => new StackSecrets('secret', { secrets: [cookie], supplied: {} }),
    );
    expect(
      [...found.values()].map(({ name, type, parent, inputs }) => [parent, name, type, inputs]),
    ).toEqual([
      ['shop-dev', 'secret', 'medusa-infra:index:StackSecrets', {}],
      ...[3, 2].map((version) => [
        'secret',
        `secret-cookie-v${version}`,
        'random:index/randomPassword:RandomPassword',
        { length: 48, special: false, minLower: 1, minUpper: 1, minNumeric: 1 },
      ]),
    ]);
  });

  const inputsOf = async (alphabet: Alphabet) => {
    const secret: PlannedSecret = { ...cookie, length: 32, alphabet, versions: [1] };
    const found = await register(
      () => new StackSecrets('secret', { secrets: [secret], supplied: {} }),
    );
    return found.get('secret-cookie-v1');
  };

  test('are made of the alphabet that the file names', async () => {
    expect((await inputsOf('hex'))?.inputs).toEqual({
      length: 32,
      upper: false,
      lower: false,
      overrideSpecial: 'abcdef',
      minNumeric: 1,
      minSpecial: 1,
    });
    expect((await inputsOf('base64url'))?.inputs).toEqual({
      length: 32,
      overrideSpecial: '-_',
      minSpecial: 1,
    });
    expect((await inputsOf('symbols'))?.inputs).toEqual({
      length: 32,
      overrideSpecial: '!@#$%&*()=+[]{}<>:?',
      minSpecial: 1,
    });
  });

  test('keep their value when length or alphabet change: every input of the form is left as it was', async () => {
    for (const alphabet of ['alphanumeric', 'hex', 'base64url', 'symbols'] as const) {
      const found = await inputsOf(alphabet);
      expect(found?.ignoreChanges).toEqual(
        expect.arrayContaining(Object.keys(found?.inputs ?? { none: 1 })),
      );
    }
  });

  test('that were made with another form than the file’s are named, with how to get the new one', async () => {
    const warned = vi.spyOn(pulumi.log, 'warn').mockResolvedValue();
    await inputsOf('hex');
    await vi.waitFor(() => expect(warned).toHaveBeenCalled());
    expect(warned.mock.calls).toEqual([
      [
        'secrets.cookie: version 1 was made with another length or alphabet; the file’s (32 characters, hex) hold from the next version on: medusa-infra rotate cookie'.replace(
          '’',
          "'",
        ),
      ],
    ]);
    warned.mockRestore();
  });

  test('the value without a version is the newest’s', async () => {
    let values: string[] = [];
    await register(async () => {
      const secrets = new StackSecrets('secret', { secrets: [cookie], supplied: {} });
      values = await resolved(pulumi.all([secrets.value('cookie'), secrets.value('cookie', 2)]));
    });
    expect(values).toEqual(['value-of-secret-cookie-v3', 'value-of-secret-cookie-v2']);
  });

  test('a version that is not alive is an error of the program', async () => {
    await register(() => {
      const secrets = new StackSecrets('secret', { secrets: [cookie], supplied: {} });
      expect(() => secrets.value('cookie', 1)).toThrow('there is no secret cookie v1');
      expect(() => secrets.value('jwt')).toThrow('there is no secret jwt');
    });
  });
});

describe('templates', () => {
  test('are filled, and secret as soon as they hold a secret', async () => {
    const found: [string, boolean][] = [];
    await register(async () => {
      const secrets = new StackSecrets('secret', {
        secrets: [cookie, { name: 'stripe', from: 'config' }],
        supplied: { stripe: 'sk/1' },
      });
      for (const template of [
        ['plain'],
        ['key=', { secret: 'stripe', encode: 'uri' as const }],
        [{ secret: 'cookie' }, ',', { secret: 'cookie', version: 2 }],
      ]) {
        const output = secrets.fill(template);
        const secret = await pulumi.isSecret(output);
        found.push([await resolved(output), secret]);
      }
    });
    expect(found).toEqual([
      ['plain', false],
      ['key=sk%2F1', true],
      // Of a mocked provider; the real one marks its result as secret.
      ['value-of-secret-cookie-v3,value-of-secret-cookie-v2', false],
    ]);
  });
});

describe('supplied secrets', () => {
  const sources = {
    stack: 'staging',
    config: (name: string) => (name === 'stripeApiKey' ? 'sk_live_1' : undefined),
    env: { PAYPAL: 'pp-1', EMPTY: '' },
  };
  const read = (...secrets: PlannedSecret[]) => readSuppliedSecrets(secrets, sources);
  const command = (name: string, ...words: string[]): PlannedSecret => ({
    name,
    from: { command: words },
  });

  test('come from configuration, environment and commands', () => {
    expect(
      read(
        cookie,
        { name: 'stripeApiKey', from: 'config' },
        { name: 'paypal', from: { env: 'PAYPAL' } },
        command('vault', process.execPath, '-e', 'console.log("two\\nlines ")'),
      ),
    ).toEqual({
      values: { stripeApiKey: 'sk_live_1', paypal: 'pp-1', vault: 'two\nlines ' },
      problems: [],
    });
  });

  test('all missing ones are named at once, each with what to do', () => {
    expect(
      read(
        { name: 'mailKey', from: 'config' },
        { name: 'paypal', from: { env: 'NOT_SET' } },
        { name: 'empty', from: { env: 'EMPTY' } },
        command('vault', 'no-such-program'),
        command('silent', process.execPath, '-e', ''),
      ),
    ).toEqual({
      values: {},
      problems: [
        'secrets.mailKey: not set for staging; run: eval "$(npx medusa-infra pulumi-env -s staging)" && pulumi config set --secret mailKey -s staging',
        'secrets.paypal: the environment variable NOT_SET is not set; export it and run again',
        'secrets.empty: the environment variable EMPTY is not set; export it and run again',
        'secrets.vault: the command no-such-program was not found',
        `secrets.silent: the command ${process.execPath} printed nothing`,
      ],
    });
  });

  test('a failed command is named without a word of what it printed', () => {
    const script = 'console.log("s3cret"); console.error("s3cret"); process.exit(4)';
    const { problems } = read(command('vault', process.execPath, '-e', script));
    expect(problems).toEqual([
      `secrets.vault: the command ${process.execPath} ended with exit code 4; run it by hand to see why`,
    ]);
  });
});
