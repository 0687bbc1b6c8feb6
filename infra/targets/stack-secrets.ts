import * as pulumi from '@pulumi/pulumi';
import { checkSuppliedSecrets } from '../../src/derive/check-secrets.ts';
import type { Plan } from '../../src/derive/plan.ts';
import { SECRETS_COMPONENT } from '../../src/derive/secret-versions.ts';
import type { Problem } from '../../src/errors.ts';
import { StackSecrets, type SuppliedValues, warnOfOldForms } from '../secrets.ts';
import { howToSetSecret, readSuppliedSecrets } from '../supplied-secrets.ts';

/** The secrets that the user supplies, and what is wrong with them; nothing is created. */
export function suppliedSecrets(plan: Plan): {
  readonly values: SuppliedValues;
  readonly problems: readonly Problem[];
} {
  const config = pulumi.runtime.allConfig();
  const { values, problems } = readSuppliedSecrets(plan.secrets, {
    stack: plan.stack,
    config: (name) => config[`${plan.project}:${name}`],
    env: process.env,
  });
  const rejected = checkSuppliedSecrets(plan, values, (name) => howToSetSecret(plan, name));
  return { values, problems: [...problems, ...rejected] };
}

/** All secrets of a plan: generates what is missing, and warns where a new form waits for the next version. */
export function stackSecrets({ secrets }: Plan, supplied: SuppliedValues): StackSecrets {
  const created = new StackSecrets(SECRETS_COMPONENT, { secrets, supplied });
  warnOfOldForms(created, secrets);
  return created;
}
