import { execa } from 'execa';
import { checkSuppliedSecrets } from '../../derive/check-secrets.ts';
import { UserError } from '../../errors.ts';
import { changeSecrets } from '../../stack/change-secrets.ts';
import { formatProblem, unplaced } from '../../stack/problems.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import { type Context, exitCodes, note, printJson } from '../context.ts';
import { type StackOptions, stackFlagText } from '../options.ts';
import { planOf } from '../plan/plan-of.ts';
import { findProject, shown, stackFilePath } from '../project.ts';
import { openWorkspace } from '../run/workspace.ts';
import { loadOwnStack } from '../stack.ts';
import { declaredSecret, today } from './names.ts';
import { writeEdits } from './write-edits.ts';

/**
 * `secrets set NAME`: stores the value of a secret that is declared `from: config` in the stack's encrypted
 * Pulumi configuration. Asks for the value without echo, or reads it from standard input.
 */
export async function setSecret(
  context: Context,
  name: string,
  options: StackOptions,
): Promise<number> {
  const project = findProject(context.cwd);
  const stackFile = loadOwnStack(context, project, options.stack);
  requireFromConfig(stackFile, name, options.stack);
  const { plan } = await planOf(project, options.stack, stackFile);
  const value = await readValue(context, name, options);
  const problems = checkSuppliedSecrets(plan, { [name]: value });
  if (problems.length > 0) {
    const message = problems.map(formatProblem).join('\n');
    throw new UserError(message, 'secret-value-invalid', problems.map(unplaced));
  }
  const file = stackFilePath(project, options.stack);
  // Prepared before the value is written, so that either both happen or neither.
  const edits = keepsDate(stackFile, name)
    ? changeSecrets(shown(file), [{ name, since: today(), ownFile: true }])
    : [];
  const workspace = await openWorkspace(context, project, { ...options, target: stackFile.target });
  await workspace.select(options.stack, { create: true });
  await setConfig(workspace.toolchain.pulumi, { name, value, stack: options.stack }, workspace);
  writeEdits(edits);
  const next = `medusa-infra up${stackFlagText(options.stack)}`;
  if (options.json) {
    printJson(context, {
      ok: true,
      stack: options.stack,
      name,
      file: `Pulumi.${options.stack}.yaml`,
    });
  } else {
    const where = shown(`${project.stacksDir}/Pulumi.${options.stack}.yaml`);
    note(context, `${name} is set for ${options.stack}, encrypted in ${where}`);
    for (const edit of edits) note(context, `wrote since: ${today()} to ${edit.file}`);
    note(context, `next: ${next}`);
  }
  return exitCodes.ok;
}

function requireFromConfig(stackFile: StackFile, name: string, stack: string): void {
  const { from } = declaredSecret(stackFile, name);
  if (from === 'config') return;
  const s = stackFlagText(stack);
  if (from === 'generated') {
    throw new UserError(
      `secret ${name} is generated, so its value cannot be set; for a new value run: medusa-infra rotate ${name}${s}`,
      'secret-source-mismatch',
    );
  }
  const source =
    'env' in from ? `the environment variable ${from.env}` : `the command ${from.command[0]}`;
  throw new UserError(
    `secret ${name} comes from ${source}; change it there and run: medusa-infra up${s} (to keep it in Pulumi's configuration instead, declare it as { from: config })`,
    'secret-source-mismatch',
  );
}

/** Whether the file has a date to update, or a maximum age that needs one. */
function keepsDate(stackFile: StackFile, name: string): boolean {
  const { since, maxAge } = declaredSecret(stackFile, name);
  return since !== undefined || maxAge !== undefined;
}

async function readValue(context: Context, name: string, options: StackOptions): Promise<string> {
  if (context.interactive && !options.json) {
    return context.askSecret(`Value of ${name} for ${options.stack} (not shown)`);
  }
  const input = await context.readInput();
  if (input === undefined) {
    throw new UserError(
      `there is no terminal to ask in; pipe the value in: printf %s "$VALUE" | medusa-infra secrets set ${name}${stackFlagText(options.stack)}`,
      'input-required',
    );
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(input);
  } catch {
    throw new UserError(
      `secrets.${name}: the value is not UTF-8 text, so no variable can hold it`,
      'secret-value-invalid',
    );
  }
  // Only what `echo` and editors add.
  return text.replace(/\r?\n$/, '');
}

/**
 * Uses standard input: the Automation API's `Stack.setConfig` puts the value on pulumi's command line, where
 * every process of the machine can read it.
 */
async function setConfig(
  pulumi: string,
  secret: { readonly name: string; readonly value: string; readonly stack: string },
  workspace: {
    readonly project: { readonly root: string };
    readonly env: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const { name, value, stack } = secret;
  const args = ['config', 'set', name, '--secret', '--raw', '--stack', stack, '--non-interactive'];
  const { exitCode, stderr } = await execa(pulumi, args, {
    cwd: workspace.project.root,
    env: { ...workspace.env },
    input: value,
    reject: false,
  });
  if (exitCode === 0) return;
  const reason = stderr.includes(value) ? '' : `: ${stderr.trim()}`;
  throw new UserError(`pulumi could not set ${name} for ${stack}${reason}`, 'pulumi-failed');
}
