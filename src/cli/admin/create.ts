import { ulid } from 'ulid';
import { ADMINISTRATOR_EXIT } from '../../container/administrator/request.ts';
import { SEALED_WITH } from '../../container/administrator/sealed.ts';
import type { Plan } from '../../derive/plan.ts';
import { lastLine } from '../../error-text.ts';
import { UserError } from '../../errors.ts';
import { type Context, exitCodes, note, print, printJson } from '../context.ts';
import { backendEnvironment } from '../env/backend-environment.ts';
import { type StackOptions, stackFlagText } from '../options.ts';
import { planOf } from '../plan/plan-of.ts';
import { findProject, type Project } from '../project.ts';
import { loadStack } from '../stack.ts';
import { requireEmail } from './email.ts';
import { scryptHash } from './hash.ts';
import { askPassword, generatePassword } from './password.ts';
import type { ProgramEnd, Store } from './store.ts';

export interface AdminOptions extends StackOptions {
  readonly ask?: boolean;
  readonly reset?: boolean;
  readonly firstName?: string;
  readonly lastName?: string;
}

/**
 * `admin create EMAIL`: an administrator in the running store of a stack, or a new password for one. A password that was
 * generated is printed once, on standard output; the store gets its hash alone.
 */
export async function createAdministrator(
  context: Context,
  address: string,
  options: AdminOptions,
): Promise<number> {
  const email = requireEmail(address);
  const project = findProject(context.cwd);
  const stackFile = loadStack(context, project, options.stack);
  const { plan } = await planOf(project, options.stack, stackFile);
  const schema = requireSchema(plan);
  // Before anybody is asked for a password.
  const store = await storeOf(context, project, plan, () =>
    backendEnvironment(context, project, stackFile, options),
  );
  return createIn(context, store, { ...options, email, schema });
}

interface Wanted extends AdminOptions {
  readonly email: string;
  readonly schema: string;
}

/** The same in a store that was found. */
export async function createIn(context: Context, store: Store, wanted: Wanted): Promise<number> {
  const { stack, email, schema, ask = false, reset = false, json = false } = wanted;
  const password = ask ? await askPassword(context, email, json) : generatePassword();
  const passwordHash = await scryptHash(password);
  const row = { schema, email, passwordHash };
  const end = await store.run(
    reset ? { action: 'reset', ...row } : { action: 'create', ...row, ...newUser(wanted) },
  );
  requireDone(end, { email, stack, reset });
  if (json) {
    printJson(context, { ok: true, stack, email, reset, ...(ask ? {} : { password }) });
    return exitCodes.ok;
  }
  note(
    context,
    reset
      ? `${email} has a new password in ${stack}; sessions that are open stay open`
      : `${email} is an administrator of ${stack} now`,
  );
  if (!ask) {
    note(context, 'the password, which is kept nowhere and shown only this once:');
    print(context, password);
  }
  return exitCodes.ok;
}

function newUser({ firstName, lastName }: Wanted) {
  return {
    // As Medusa makes those of users.
    id: `usr_${ulid()}`,
    ...(firstName === undefined ? {} : { firstName }),
    ...(lastName === undefined ? {} : { lastName }),
  };
}

/** With sqlite the tables are in a file of the replica; such a stack is one of development. */
function requireSchema({ prepare, stack }: Plan): string {
  const { schema } = prepare.migrate.config;
  if (schema !== undefined) return schema;
  throw new UserError(
    `${stack} uses database.type: sqlite, in which this command creates no administrator; let backend.seed create one`,
    'administrator-unsupported',
  );
}

async function storeOf(
  context: Context,
  project: Project,
  plan: Plan,
  environment: () => Promise<Readonly<Record<string, string>>>,
): Promise<Store> {
  if (plan.target === 'docker') {
    return (await import('./docker/replica.ts')).storeOnDocker(context, plan);
  }
  return (await import('./aws/task.ts')).storeOnAws(context, project, plan, environment);
}

interface Asked {
  readonly email: string;
  readonly stack: string;
  readonly reset: boolean;
}

function requireDone({ exitCode, said }: ProgramEnd, { email, stack, reset }: Asked): void {
  if (exitCode === ADMINISTRATOR_EXIT.done) return;
  const command = `medusa-infra admin create ${email}${stackFlagText(stack)}`;
  if (exitCode === ADMINISTRATOR_EXIT.exists) {
    throw new UserError(
      `${email} is a user of ${stack} already, and nothing was changed; for a new password run: ${command} --reset`,
      'administrator-exists',
    );
  }
  if (exitCode === ADMINISTRATOR_EXIT.missing) {
    throw new UserError(
      `${email} is no user of ${stack}, so there is no password to reset; to create the user run: ${command}`,
      'administrator-missing',
    );
  }
  if (exitCode === ADMINISTRATOR_EXIT.sealedOtherwise) {
    throw new UserError(
      `the task that ran has another ${SEALED_WITH} than the state of ${stack}, so nothing was changed; run medusa-infra up${stackFlagText(stack)}, then the command again`,
      'administrator-failed',
    );
  }
  const reason = lastLine(said) || `exit code ${exitCode}`;
  const fix = /\b(column|relation)\b/.test(reason)
    ? 'its table of users is not as Medusa made it, so use its own commands instead'
    : `see medusa-infra status${stackFlagText(stack)}, and run the command again`;
  throw new UserError(
    `the store of ${stack} did not ${reset ? 'change the password' : 'create the administrator'} (${reason}); ${fix}`,
    'administrator-failed',
  );
}
