import type Docker from 'dockerode';
import { UserError } from '../errors.ts';
import type { ReleaseName, StartingReplica } from './container-runtime.ts';
import { releaseOf } from './labels.ts';
import { awaitHealthy, type StartFailure } from './replica-start.ts';
import { componentContainers, routeOf } from './replicas.ts';

/** What a replica that has failed has until it is killed: nobody waits for its answers. */
const FAILED_STOP_SECONDS = 10;

/**
 * The replicas of one release on their way up: all of them, or none. When one fails, those beside it are
 * stopped with it, so that nothing half-new runs, crash-loops or gets a request. A release that gets the
 * traffic already is left alone: one of its replicas that came back and fails takes no other with it.
 */
export class ReleaseStart {
  readonly #engine: Docker;
  readonly #release: ReleaseName;
  readonly #pollMilliseconds: number;
  readonly #serves: Promise<boolean>;
  #failure: Promise<UserError> | undefined;

  constructor(engine: Docker, edgeId: string, release: ReleaseName, pollMilliseconds: number) {
    this.#engine = engine;
    this.#release = release;
    this.#pollMilliseconds = pollMilliseconds;
    this.#serves = routeOf(engine.getContainer(edgeId)).then((routed) => routed === release.alias);
    // Whoever starts a replica gets the error.
    this.#serves.catch(() => {});
  }

  /** Waits for one replica. Throws the same UserError for each as soon as one of them has failed. */
  async start(containerId: string, replica: StartingReplica): Promise<void> {
    // The provider may have made it while another failed: then it was not there to be stopped.
    if (this.#failure) await this.#stop(containerId);
    else {
      const failure = await awaitHealthy(this.#engine, containerId, replica, {
        crashIsFinal: !(await this.#serves),
        pollMilliseconds: this.#pollMilliseconds,
      });
      if (!failure) return;
      this.#failure ??= this.#giveUp(replica.title, failure);
    }
    throw await this.#failure;
  }

  async #giveUp(title: string, { reason, lines }: StartFailure): Promise<UserError> {
    const outcome = await this.#stopRelease();
    return new UserError(`${title}: ${reason}. Its last lines:\n${lines}\n${outcome}`);
  }

  /** Says what runs now, and what to do. */
  async #stopRelease(): Promise<string> {
    if (await this.#serves) {
      return 'It belongs to the release that serves, so nothing was stopped. Mend what it lacks, then run up again.';
    }
    const running = await componentContainers(this.#engine, this.#release.labels, 'backend');
    const own = running.filter((replica) => releaseOf(replica) === this.#release.alias);
    await Promise.all(own.map(({ Id }) => this.#stop(Id)));
    return running.length > own.length
      ? 'The release before it goes on serving; all replicas of this one were stopped. Mend the backend or the stack file, then run up again.'
      : 'Its replicas were stopped, and nothing serves yet. Mend the backend or the stack file, then run up again.';
  }

  async #stop(containerId: string): Promise<void> {
    const container = this.#engine.getContainer(containerId);
    // 304: it has stopped by itself.
    await container.stop({ t: FAILED_STOP_SECONDS }).catch((error: { statusCode?: number }) => {
      if (error.statusCode !== 304 && error.statusCode !== 404) throw error;
    });
  }
}
