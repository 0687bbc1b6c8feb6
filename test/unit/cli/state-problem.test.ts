import { expect, test } from 'vitest';
import { stateProblem } from '../../../src/cli/state-problem.ts';
import { UserError } from '../../../src/errors.ts';

// What Pulumi 3.250 writes.
const incorrect =
  'error: getting stack configuration: get stack secrets manager: incorrect passphrase';

test.each([
  [
    { PULUMI_CONFIG_PASSPHRASE: 'hidden', PULUMI_CONFIG_PASSPHRASE_FILE: '/p' },
    'PULUMI_CONFIG_PASSPHRASE',
  ],
  [{ PULUMI_CONFIG_PASSPHRASE: '' }, 'PULUMI_CONFIG_PASSPHRASE'],
  [{ PULUMI_CONFIG_PASSPHRASE_FILE: '/p' }, 'PULUMI_CONFIG_PASSPHRASE_FILE (/p)'],
])('a wrong passphrase names where it came from, and never its value: %o', (env, source) => {
  const problem = stateProblem(incorrect, env);
  expect(problem).toBeInstanceOf(UserError);
  expect(problem?.message).toBe(
    `${source}: not the passphrase that the secrets of this stack are encrypted with; give the one it was first brought up with, or, if the stack is gone for good, remove its stacks/Pulumi.<stack>.yaml`,
  );
});

test('a passphrase file that is not there', () => {
  const text =
    'error: getting stack configuration: get stack secrets manager: unable to read PULUMI_CONFIG_PASSPHRASE_FILE: open /no: no such file or directory';
  expect(stateProblem(text, { PULUMI_CONFIG_PASSPHRASE_FILE: '/no' })?.message).toBe(
    'PULUMI_CONFIG_PASSPHRASE_FILE: cannot read "/no"; name the file with the passphrase of the state, or unset it',
  );
});

test('a place of the state that cannot be opened', () => {
  const text =
    'error: unable to open bucket file:///no?no_tmp_dir=true: stat /no: no such file or directory\n';
  expect(stateProblem(text, {})?.message).toBe(
    'PULUMI_BACKEND_URL (or the place of pulumi login): unable to open bucket file:///no?no_tmp_dir=true: stat /no: no such file or directory; mend the address, or make what it names',
  );
});

test('any other failure is not taken for one of the state', () => {
  expect(stateProblem('error: update failed', {})).toBeUndefined();
});
