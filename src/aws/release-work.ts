import type { TaskLog } from './last-lines.ts';

/**
 * What has to be done in AWS between two steps of a release and is no resource. The target gets it as
 * an argument, so that it can be tested without AWS.
 */
export interface ReleaseWork {
  /** Runs a task once and waits for its end. Throws a UserError unless each container ended well. */
  runTask(task: OneTask): Promise<void>;
  /** Makes the replication group take this password alone. */
  setRedisPassword(replicationGroupId: string, password: string): Promise<void>;
}

export interface OneTask extends TaskLog {
  /** Name in messages, such as `retire`. */
  readonly title: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  /** Shown as `***` wherever they occur in a log. */
  readonly secrets: readonly string[];
  /** How long it may take from its start to its end, its image's download included. */
  readonly timeoutSeconds: number;
}
