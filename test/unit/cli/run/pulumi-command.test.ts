import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pulumiCommand } from '../../../../src/cli/run/pulumi-command.ts';
import { UserError } from '../../../../src/errors.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** A `pulumi` that is this script. */
function commandOf(script: string) {
  const folder = temporaryFolder();
  const binary = join(folder, 'pulumi');
  writeFileSync(binary, `#!/bin/sh\n${script}\n`);
  chmodSync(binary, 0o755);
  return pulumiCommand(binary, folder, { FROM_WORKSPACE: 'one' });
}

test('runs in the project, asks nothing, and has all variables', async () => {
  const command = commandOf('echo "$@ $FROM_WORKSPACE $FROM_CALL $PULUMI_AUTOMATION_API"');
  expect(await command.run(['stack', 'ls'], { FROM_CALL: 'two' })).toBe(
    'stack ls --non-interactive one two true',
  );
});

test.each([
  ['error: no stack named "dev" found', 'NoSuchStack'],
  ['error: the stack is currently locked by 1 lock(s)', 'StackBusy'],
  ['error: [409] Conflict: Another update is currently in progress.', 'StackBusy'],
  ['error: update failed', 'PulumiFailed'],
])('%s is a %s with the text of pulumi', async (text, name) => {
  const error = await commandOf(`echo '${text}' >&2; exit 255`)
    .run([])
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name, message: text });
});

test('a wrong passphrase is a problem that names its fix', async () => {
  const failing = commandOf('echo "error: incorrect passphrase" >&2; exit 1').run([]);
  await expect(failing).rejects.toBeInstanceOf(UserError);
});

test('an interrupt reaches what is running, and its end is a failure', async () => {
  const command = commandOf(
    'trap "echo stopped >&2; exit 3" INT; : > started; while :; do sleep 0.05; done',
  );
  const running = command.run([]).catch((reason: unknown) => reason);
  // The trap is set before the file is there.
  const asking = setInterval(() => command.interrupt(), 50);
  expect(await running).toMatchObject({ name: 'PulumiFailed' });
  clearInterval(asking);
});
