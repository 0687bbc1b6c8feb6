import { expect, test } from 'vitest';
import { stateProblem } from '../../../../src/cli/run/state-problem.ts';
import { UserError } from '../../../../src/errors.ts';

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
    `${source}: wrong passphrase for the secrets of this stack; use the one it was created with, or, if the stack is gone for good, remove its stacks/Pulumi.<stack>.yaml`,
  );
});

test('a passphrase file that is not there', () => {
  const text =
    'error: getting stack configuration: get stack secrets manager: unable to read PULUMI_CONFIG_PASSPHRASE_FILE: open /no: no such file or directory';
  expect(stateProblem(text, { PULUMI_CONFIG_PASSPHRASE_FILE: '/no' })?.message).toBe(
    'PULUMI_CONFIG_PASSPHRASE_FILE: cannot read "/no"; set it to the file with the passphrase of the state, or unset it',
  );
});

test('a place of the state that cannot be opened', () => {
  const text =
    'error: unable to open bucket file:///no?no_tmp_dir=true: stat /no: no such file or directory\n';
  expect(stateProblem(text, {})?.message).toBe(
    'PULUMI_BACKEND_URL (or the backend of pulumi login): unable to open bucket file:///no?no_tmp_dir=true: stat /no: no such file or directory; correct the URL, or create what it names',
  );
});

test('a place that pulumi cannot write to', () => {
  const text = 'error: could not create stack: mkdir /srv/.pulumi: read-only file system\n';
  expect(stateProblem(text, {})?.message).toBe(
    '/srv/.pulumi: pulumi cannot write to it (read-only file system); fix that, or use another path (PULUMI_BACKEND_URL, PULUMI_HOME, TMPDIR)',
  );
});

test.each([
  [
    "error: could not unmarshal '/p/Pulumi.yaml': invalid YAML file: yaml: line 2: no mapping\n",
    '/p/Pulumi.yaml: not valid YAML (yaml: line 2: no mapping); fix it',
  ],
  [
    'error: could not create secrets manager for new stack: invalid YAML file: yaml: line 1: no\n',
    'stacks/Pulumi.<stack>.yaml: not valid YAML (yaml: line 1: no); fix it',
  ],
  [
    'error: could not create secrets manager for new stack: malformed state value\n',
    'stacks/Pulumi.<stack>.yaml: encryptionsalt is not valid; restore the file from version control, or, if the stack was never deployed, remove the line',
  ],
  [
    'error: failed to load checkpoint: place 1: invalid character\n',
    'the state of the stack is not readable (place 1: invalid character); restore its file from a backup: the previous one is next to it as <stack>.json.bak, earlier ones are under .pulumi/backups',
  ],
])('files of Pulumi that are not as it wrote them: %s', (text, message) => {
  expect(stateProblem(text, {})?.message).toBe(message);
});

test('an address that is taken for the cloud', () => {
  const text =
    'error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions';
  const problem = stateProblem(text, { PULUMI_BACKEND_URL: 'nonsense://user:hidden@x' });
  expect(problem?.message).toContain("means Pulumi's cloud");
  expect(problem?.message).not.toContain('hidden');
});

test('any other failure is not taken for one of the state', () => {
  expect(stateProblem('error: update failed', {})).toBeUndefined();
});
