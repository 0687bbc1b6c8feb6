export type RoleName = 'execution' | 'task' | 'flow-logs';

export interface RolePlan {
  readonly name: RoleName;
  /** Service principal, such as `ecs-tasks.amazonaws.com`. */
  readonly assumedBy: string;
  readonly about: string;
  readonly statements: readonly StatementPlan[];
  /** ARNs of further policies that the stack file names. */
  readonly policyArns: readonly string[];
}

/** What a statement is about, known only once it is there. */
export type PolicyRef =
  | 'secrets'
  | 'master-secret'
  | 'key'
  | 'repository'
  | 'log-group'
  | 'flow-log-group';

/** An ARN as written, or that of something of the stack, with a text behind it. */
export type PolicyResource = string | { readonly ref: PolicyRef; readonly suffix?: string };

export interface StatementPlan {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly PolicyResource[];
  readonly conditions?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
  /** Why it is needed, for the documentation. */
  readonly reason: string;
}
