import type { Template } from '../template-parts.ts';
import type { TaskOptions } from './containers.ts';

export interface AwsSecretPlan {
  /** `<container>/<variable>`, such as `backend/DATABASE_URL`: unique in the stack. */
  readonly name: string;
  /** Begins the name in Secrets Manager; a random end follows, because a deleted name stays taken. */
  readonly namePrefix: string;
  readonly description: string;
  readonly value: Template;
  /** Days in which a deleted secret can be restored; 0: none. */
  readonly recoveryDays: number;
}

/** One Secrets Manager secret for each variable of a container that holds one. */
export function planAwsSecrets(options: TaskOptions): AwsSecretPlan[] {
  const { name, backend, prepare, aws } = options;
  const entry = (container: string, variable: string, value: Template): AwsSecretPlan => ({
    name: `${container}/${variable}`,
    namePrefix: `${name}/${container}/${variable}-`,
    description: `${variable} of ${container} in stack ${name}`,
    value,
    recoveryDays: aws.secretRecoveryDays,
  });
  return [
    ...backend.environment
      .filter(({ secret }) => secret)
      .map((each) => entry('backend', each.name, each.value)),
    ...Object.entries(prepare.sql?.secretFiles ?? {}).map(([variable, value]) =>
      entry('prepare-sql', variable, value),
    ),
  ];
}
