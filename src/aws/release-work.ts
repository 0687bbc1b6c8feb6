import type { TaskLog } from './last-lines.ts';

/**
 * What has to be done in AWS between two steps of a release and is not a resource. The target gets it as
 * an argument, so that it can be tested without AWS.
 */
export interface ReleaseWork {
  /** Runs a task once and waits until it ends. Throws a UserError unless every container succeeded. */
  runTask(task: OneOffTask): Promise<void>;
  /** Makes this password the only one of the replication group. */
  setRedisPassword(replicationGroupId: string, password: string): Promise<void>;
}

export interface OneOffTask extends TaskLog {
  /** Name in messages, such as `retire`. */
  readonly title: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  /** Shown as `***` wherever they occur in a log. */
  readonly secrets: readonly string[];
  /** How long it may take, the download of its image included. */
  readonly timeoutSeconds: number;
}
