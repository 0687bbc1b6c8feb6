import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, test, vi } from 'vitest';
import { StackSecrets, warnOfOldForms } from '../../../infra/secrets.ts';
import { howToSetSecret, readSuppliedSecrets } from '../../../infra/supplied-secrets.ts';
import { checkSuppliedSecrets } from '../../../src/derive/check-secrets.ts';
import { derivePlan } from '../../../src/derive/derive.ts';
import type { PlannedSecret } from '../../../src/derive/plan.ts';
import { formatProblem } from '../../../src/stack/problems.ts';
import type { Alphabet } from '../../../src/stack/stack-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { register } from '../../support/unit/recorder.ts';
import * as fixtures from '../../support/unit/stack-files.ts';

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
    const form = 'value-of-secret-cookie-v1';
    await register(() => {
      const made: PlannedSecret[] = [
        { ...cookie, length: form.length, alphabet: 'base64url', versions: [1] },
        { ...cookie, name: 'jwt', length: 32, alphabet: 'hex', versions: [2, 1] },
        { name: 'stripe', from: 'config' },
      ];
      const secrets = new StackSecrets('secret', { secrets: made, supplied: { stripe: 'sk' } });
      warnOfOldForms(secrets, made);
    });
    await vi.waitFor(() => expect(warned).toHaveBeenCalled());
    expect(warned.mock.calls).toEqual([
      [
        "secrets.jwt: version 2 was generated with another length or alphabet; the file's (32 characters, hex) apply from the next version on: medusa-infra rotate jwt",
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
    config: (name: string) => ({ stripeApiKey: 'sk_live_1', taxKey: '' })[name],
    env: { PAYPAL: 'pp-1', EMPTY: '' },
  };
  const read = (...secrets: PlannedSecret[]) => {
    const { values, problems } = readSuppliedSecrets(secrets, sources);
    return { values, problems: problems.map(formatProblem) };
  };
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

  test('of a stack file that nobody vouches for run no command where the environment says so', () => {
    const ran = join(temporaryFolder(), 'ran');
    const found = readSuppliedSecrets(
      [command('vault', 'touch', ran), { name: 'paypal', from: { env: 'PAYPAL' } }],
      {
        ...sources,
        env: { ...sources.env, MEDUSA_INFRA_SECRET_COMMANDS: 'off' },
      },
    );
    expect(found).toEqual({
      values: { paypal: 'pp-1' },
      problems: [
        {
          path: ['secrets', 'vault'],
          message:
            'the command touch is not run, because MEDUSA_INFRA_SECRET_COMMANDS is off; unset it where you trust the stack file',
          code: 'secret-command-off',
        },
      ],
    });
    expect(existsSync(ran)).toBe(false);
  });

  test('all missing ones are named at once, each with what to do', () => {
    expect(
      read(
        { name: 'mailKey', from: 'config' },
        { name: 'taxKey', from: 'config' },
        { name: 'paypal', from: { env: 'NOT_SET' } },
        { name: 'empty', from: { env: 'EMPTY' } },
        command('vault', 'no-such-program'),
        command('silent', process.execPath, '-e', ''),
        command('break', process.execPath, '-e', 'console.log("")'),
        command('bytes', process.execPath, '-e', 'process.stdout.write(Buffer.from([0xff, 0x41]))'),
        command('flood', process.execPath, '-e', 'process.stdout.write("s3cret ".repeat(200000))'),
        command('folder', '/etc'),
      ),
    ).toEqual({
      values: {},
      problems: [
        'secrets.mailKey: not set for staging; run: medusa-infra secrets set mailKey -s staging',
        'secrets.taxKey: is empty; run: medusa-infra secrets set taxKey -s staging',
        'secrets.paypal: the environment variable NOT_SET is not set; export NOT_SET and run again',
        'secrets.empty: the environment variable EMPTY is empty; export EMPTY and run again',
        'secrets.vault: the command no-such-program was not found',
        `secrets.silent: the command ${process.execPath} printed nothing`,
        `secrets.break: the command ${process.execPath} printed nothing`,
        `secrets.bytes: the command ${process.execPath} printed something that is not UTF-8 text`,
        `secrets.flood: the command ${process.execPath} printed more than 1 MiB, which is not a secret`,
        'secrets.folder: the command /etc may not be run; make it executable',
      ],
    });
  });

  test('a value that is wrong is named with how to set another one', () => {
    const plan = derivePlan(
      {
        ...fixtures.staging,
        secrets: {
          ...fixtures.staging.secrets,
          paypal: { from: { env: 'PAYPAL' } },
          vault: { from: { command: ['pass', 'show', 'vault'] } },
        },
      },
      fixtures.options,
    );
    const values = { stripeApiKey: 'changeme', paypal: ' x', vault: 'supersecret' };
    const problems = checkSuppliedSecrets(plan, values, (name) => howToSetSecret(plan, name));
    expect(problems.map(formatProblem)).toEqual([
      'secrets.stripeApiKey: is a well-known default value; set a random one (run: medusa-infra secrets set stripeApiKey -s dev)',
      'secrets.paypal: begins or ends with white space; set it again without (export PAYPAL and run again)',
      'secrets.vault: is a well-known default value; set a random one (fix what the command pass prints)',
    ]);
  });

  test('a failed command is named without a word of what it printed', () => {
    const script = 'console.log("s3cret"); console.error("s3cret"); process.exit(4)';
    const { problems } = read(command('vault', process.execPath, '-e', script));
    expect(problems).toEqual([
      `secrets.vault: the command ${process.execPath} ended with exit code 4; run it by hand to see why`,
    ]);
  });
});
