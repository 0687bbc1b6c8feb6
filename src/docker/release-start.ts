import type Docker from 'dockerode';
import { once } from '../../toolchain/probe.ts';
import { UserError } from '../errors.ts';
import type { ReleaseName, StartingReplica } from './container-runtime.ts';
import { releaseOf } from './labels.ts';
import { FAILED_STOP_SECONDS, REPLICA_YIELD_SECONDS } from './limits.ts';
import { awaitHealthy, type StartFailure } from './replica-start.ts';
import { componentContainers, routeOf } from './replicas.ts';

/**
 * Starts the replicas of one release: all of them, or none. When one fails, the others are stopped with
 * it, so that no half of a release runs, crash-loops or gets a request. A release that already gets the
 * traffic is left alone: a replica of it that is started again and fails stops no other.
 */
export class ReleaseStart {
  readonly #engine: Docker;
  readonly #release: ReleaseName;
  readonly #pollMilliseconds: number;
  readonly #yieldMilliseconds: number;
  readonly #routed: () => Promise<string | undefined>;
  #failure: Promise<UserError> | undefined;

  constructor(
    engine: Docker,
    edgeId: string,
    release: ReleaseName,
    {
      pollMilliseconds,
      yieldMilliseconds = REPLICA_YIELD_SECONDS * 1000,
    }: { readonly pollMilliseconds: number; readonly yieldMilliseconds?: number },
  ) {
    this.#engine = engine;
    this.#release = release;
    this.#pollMilliseconds = pollMilliseconds;
    this.#yieldMilliseconds = yieldMilliseconds;
    this.#routed = once(() => routeOf(engine.getContainer(edgeId)));
  }

  /** Whether this release gets the traffic already. */
  async #serves(): Promise<boolean> {
    return (await this.#routed()) === this.#release.alias;
  }

  /** Waits for one replica. Throws the same UserError for all of them as soon as one has failed. */
  async start(containerId: string, replica: StartingReplica): Promise<void> {
    // The provider may have created it while another failed, too late to be stopped with the rest.
    if (this.#failure) await this.#stop(containerId);
    else {
      const first = await this.#engine.getContainer(containerId).inspect();
      // Then nothing has to be known of the route, which takes a tenth of a second to read.
      if (first.State.Health?.Status === 'healthy') return;
      const failure = await awaitHealthy(this.#engine, containerId, first, replica, {
        crashIsFinal: !(await this.#serves()),
        yielding: (await this.#routed()) !== undefined && !(await this.#serves()),
        yieldMilliseconds: this.#yieldMilliseconds,
        pollMilliseconds: this.#pollMilliseconds,
      });
      if (!failure) return;
      this.#failure ??= this.#giveUp(replica.title, failure);
    }
    throw await this.#failure;
  }

  async #giveUp(title: string, { reason, lines }: StartFailure): Promise<UserError> {
    const outcome = await this.#stopRelease();
    return new UserError(
      `${title}: ${reason}. Its last lines:\n${lines}\n${outcome}`,
      'release-failed',
    );
  }

  /** @returns what runs now, and what to do */
  async #stopRelease(): Promise<string> {
    if (await this.#serves()) {
      return 'It belongs to the running release, so nothing was stopped. Fix the cause, then run up again.';
    }
    const running = await componentContainers(this.#engine, this.#release.labels, 'backend');
    const own = running.filter((replica) => releaseOf(replica) === this.#release.alias);
    await Promise.all(own.map(({ Id }) => this.#stop(Id)));
    return running.length > own.length
      ? 'The previous release keeps running; all replicas of this one were stopped. Fix the backend or the stack file, then run up again.'
      : 'All its replicas were stopped, and no release is running yet. Fix the backend or the stack file, then run up again.';
  }

  async #stop(containerId: string): Promise<void> {
    const container = this.#engine.getContainer(containerId);
    // 304: it has already stopped; 404: it is gone.
    await container.stop({ t: FAILED_STOP_SECONDS }).catch((error: { statusCode?: number }) => {
      if (error.statusCode !== 304 && error.statusCode !== 404) throw error;
    });
  }
}
