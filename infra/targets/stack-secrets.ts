import * as pulumi from '@pulumi/pulumi';
import { checkSuppliedSecrets } from '../../src/derive/check-secrets.ts';
import type { Plan } from '../../src/derive/plan.ts';
import { SECRETS_COMPONENT } from '../../src/derive/secret-versions.ts';
import type { Problem } from '../../src/errors.ts';
import { ProblemError } from '../../src/stack/problems.ts';
import { toRunError } from '../run-error.ts';
import { type Scope, TOP_SCOPE } from '../scope.ts';
import { StackSecrets, type SuppliedValues, warnOfOldForms } from '../secrets.ts';
import { howToSetSecret, readSuppliedSecrets } from '../supplied-secrets.ts';

/**
 * The secrets that the user supplies, and what is wrong with them; nothing is created.
 * @param given values that a program passes; the others are read where the stack file says. @default none
 */
export function suppliedSecrets(
  plan: Plan,
  given: Readonly<Record<string, pulumi.Input<string>>> = {},
): {
  readonly values: SuppliedValues;
  readonly problems: readonly Problem[];
} {
  const config = pulumi.runtime.allConfig();
  const isGiven = (name: string) => Object.hasOwn(given, name);
  // The command does not know the stacks of another program.
  const setCommand = plan.stack === pulumi.getStack() ? undefined : 'pulumi config set --secret';
  const read = readSuppliedSecrets(
    plan.secrets.filter(({ name }) => !isGiven(name)),
    {
      stack: pulumi.getStack(),
      config: (name) => config[`${plan.project}:${name}`],
      env: process.env,
      ...(setCommand ? { setCommand } : {}),
    },
  );
  const fix = (name: string) =>
    isGiven(name)
      ? 'pass another value'
      : howToSetSecret({ ...plan, stack: pulumi.getStack() }, name, setCommand);
  const plain = Object.entries(given).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const rejected = checkSuppliedSecrets(
    plan,
    { ...read.values, ...Object.fromEntries(plain) },
    fix,
  );
  const known = Object.entries(given).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : checkedOutput(plan, name, value, fix),
  ]);
  return {
    values: { ...read.values, ...Object.fromEntries(known) },
    problems: [...read.problems, ...unknownSecrets(plan, Object.keys(given)), ...rejected],
  };
}

function unknownSecrets({ secrets }: Plan, given: readonly string[]): Problem[] {
  const supplied = secrets.filter(({ from }) => from !== 'generated').map(({ name }) => name);
  return given
    .filter((name) => !supplied.includes(name))
    .map((name) => ({
      path: ['secrets', name],
      message: `a value is passed, but the stack file declares no such supplied secret; declare it (${name}: { from: config }), or do not pass it`,
      code: 'secret-unknown',
    }));
}

/** Checked once it is known: what needs the value fails otherwise. */
function checkedOutput(
  plan: Plan,
  name: string,
  value: pulumi.Input<string>,
  fix: (name: string) => string,
): pulumi.Output<string> {
  return pulumi.secret(value).apply((text) => {
    const [problem] = checkSuppliedSecrets(plan, { [name]: text }, fix);
    if (problem) throw toRunError(new ProblemError(problem));
    return text;
  });
}

/** All secrets of a plan: generates what is missing, and warns where a new form waits for the next version. */
export function stackSecrets(
  { secrets }: Plan,
  supplied: SuppliedValues,
  scope: Scope = TOP_SCOPE,
): StackSecrets {
  const created = new StackSecrets(
    scope.name(SECRETS_COMPONENT),
    { secrets, supplied },
    scope.opts,
  );
  warnOfOldForms(created, secrets);
  return created;
}
