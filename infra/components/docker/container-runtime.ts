/**
 * What the Docker provider cannot do for a container, done against the engine itself. Components
 * get it as an argument, so that they can be tested without an engine.
 */
export interface ContainerRuntime {
  /**
   * Brings a service that exists to its wanted state: unpaused, the limit on processes applied (the
   * provider has no input for it), healthy again after a start.
   */
  settle(containerId: string, wanted: SettledContainer): Promise<void>;
  /**
   * Starts a job and waits until it has ended well; one that has ended well before is left alone, one
   * that still runs is waited for, one that failed in an earlier run is started again. Throws a
   * UserError with the job's last lines otherwise.
   */
  finish(containerId: string, job: JobRun): Promise<void>;
}

export interface SettledContainer {
  /** Name shown in messages. */
  readonly title: string;
  readonly pidsLimit: number;
  /** Time for its health check to succeed. */
  readonly timeoutSeconds: number;
}

export interface JobRun {
  /** Name shown in messages, such as `prepare-migrate`. */
  readonly title: string;
  readonly pidsLimit: number;
  readonly timeoutSeconds: number;
  /** Written into the container right before it starts. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
}
