import type Docker from 'dockerode';
import { parseProven, whyPrepareAgain } from '../container/prepared-state.ts';
import { UserError } from '../errors.ts';
import { masker } from '../mask.ts';
import { lastLines } from './container-logs.ts';
import type {
  ContainerRuntime,
  ContainerUser,
  EdgeConfig,
  JobRun,
  RedisUsers,
  Release,
  SettledContainer,
  StartingReplica,
  Uploads,
} from './container-runtime.ts';
import { imageUser } from './container-user.ts';
import { setCpuLimit } from './cpu.ts';
import { configureEdge } from './edge-config.ts';
import { emptyFiles, putFiles } from './job-files.ts';
import { CONTAINER_POLL_MILLISECONDS, LATE_JOB_STOP_SECONDS } from './limits.ts';
import { MetadataBlock } from './metadata-address.ts';
import { probe } from './probe.ts';
import { readSchema, runSql } from './psql.ts';
import { setRedisUsers } from './redis-users.ts';
import { switchRelease } from './release.ts';
import { ReleaseStart } from './release-start.ts';
import { SHOWN_LINES } from './replica-start.ts';
import { componentContainers } from './replicas.ts';
import { folderInImage, UploadedFiles } from './uploads.ts';

export interface DockerRuntimeOptions {
  /** Gets one line for everything out of the ordinary. */
  readonly log: (line: string) => void;
  /** Between two looks at a container. @default CONTAINER_POLL_MILLISECONDS */
  readonly pollMilliseconds?: number;
  /** When this run began: a job that failed before it failed in an earlier run. @default now */
  readonly startedAt?: Date;
}

/** The container runtime on a real engine. */
export class DockerRuntime implements ContainerRuntime {
  readonly #engine: Docker;
  readonly #log: (line: string) => void;
  readonly #pollMilliseconds: number;
  readonly #startedAt: Date;
  /** By alias. */
  readonly #releases = new Map<string, ReleaseStart>();
  readonly #uploads: UploadedFiles;
  readonly #metadata: MetadataBlock;
  readonly #schemas = new Map<string, ReturnType<typeof readSchema>>();

  constructor(engine: Docker, options: DockerRuntimeOptions) {
    this.#engine = engine;
    this.#log = options.log;
    this.#pollMilliseconds = options.pollMilliseconds ?? CONTAINER_POLL_MILLISECONDS;
    this.#startedAt = options.startedAt ?? new Date();
    this.#uploads = new UploadedFiles(engine, options.log);
    this.#metadata = new MetadataBlock(engine, options.log);
  }

  async settle(containerId: string, wanted: SettledContainer): Promise<void> {
    const container = this.#engine.getContainer(containerId);
    await this.#unpauseAndLimit(container, wanted);
    const deadline = Date.now() + wanted.timeoutSeconds * 1000;
    let found = await container.inspect();
    // `unhealthy` alone is not final: after a pause, or on a busy machine, it passes.
    while (found.State.Health && found.State.Health.Status !== 'healthy') {
      if ((await probe(container, found)).healthy) return;
      const stopped = !found.State.Running && !found.State.Restarting;
      if (stopped || Date.now() > deadline) {
        const reason = stopped
          ? `stopped with exit code ${found.State.ExitCode}`
          : `not healthy within ${wanted.timeoutSeconds} seconds`;
        throw new UserError(
          `${wanted.title}: ${reason}; its last lines:\n${await lastLines(container, SHOWN_LINES)}`,
          'server-start-failed',
        );
      }
      await sleep(this.#pollMilliseconds);
      found = await container.inspect();
    }
  }

  async startReplica(containerId: string, replica: StartingReplica): Promise<void> {
    const { alias } = replica.release;
    const release =
      this.#releases.get(alias) ??
      new ReleaseStart(this.#engine, replica.edgeId, replica.release, {
        pollMilliseconds: this.#pollMilliseconds,
      });
    this.#releases.set(alias, release);
    const container = this.#engine.getContainer(containerId);
    // Between a crash and the next start the engine refuses the limit; the wait reports the crash.
    const found = await this.#unpauseAndLimit(container, replica).catch(() => undefined);
    await Promise.all([
      release.start(containerId, replica),
      found && replica.metadataNetwork && this.#metadata.apply(found, replica.metadataNetwork),
    ]);
    await setCpuLimit(
      container,
      replica.cpuMillis,
      await this.#unpauseAndLimit(container, replica),
    );
  }

  async finish(containerId: string, job: JobRun): Promise<void> {
    const container = this.#engine.getContainer(containerId);
    const found = await container.inspect();
    const state = found.State;
    if (!state.Running && hasRun(state)) {
      const why =
        state.ExitCode === 0 ? await this.#whyAgain(container, job) : 'failed in an earlier run';
      // Where an earlier run was killed right here, or did not do so yet.
      if (why === undefined) return emptyFiles(container, job.secretFiles);
      const endedNow = new Date(state.FinishedAt) >= this.#startedAt;
      if (state.ExitCode !== 0 && endedNow) throw await failure(container, job);
      this.#log(`${job.title}: ${why}; running it again`);
    }
    const startedAt = state.Running ? new Date(state.StartedAt) : new Date();
    this.#schemas.clear();
    if (!state.Running) {
      if (job.metadataNetwork) await this.#metadata.apply(found, job.metadataNetwork);
      await putFiles(container, [...job.files, ...job.secretFiles]);
      await container.start();
    }
    await this.#limitPids(container, job.pidsLimit);
    try {
      await this.#awaitExit(container, job, startedAt);
    } finally {
      await emptyFiles(container, job.secretFiles);
    }
  }

  configureEdge(containerId: string, edge: EdgeConfig): Promise<void> {
    return configureEdge(this.#engine.getContainer(containerId), edge);
  }

  switchRelease(edgeId: string, release: Release): Promise<void> {
    return switchRelease(this.#engine, edgeId, release, this.#log);
  }

  setRedisUsers(containerId: string, users: RedisUsers, mode: 'add' | 'only'): Promise<void> {
    return setRedisUsers(this.#engine.getContainer(containerId), users, mode);
  }

  imageUser(
    image: string,
    labels: Readonly<Record<string, string>>,
  ): Promise<ContainerUser | undefined> {
    return imageUser(this.#engine, image, labels);
  }

  async connectReplicas(labels: Readonly<Record<string, string>>, network: string): Promise<void> {
    const running = await componentContainers(this.#engine, labels, 'backend');
    await Promise.all(
      running
        .filter(
          ({ NetworkSettings: { Networks } }) =>
            !Object.values(Networks).some(({ NetworkID }) => NetworkID === network),
        )
        .map(({ Id }) => this.#engine.getNetwork(network).connect({ Container: Id })),
    );
  }

  uploadsFolder(image: string, folder: string): Promise<string> {
    return folderInImage(this.#engine, image, folder);
  }

  prepareUploads(uploads: Uploads): Promise<void> {
    return this.#uploads.prepare(uploads);
  }

  finishUploads(uploads: Uploads): Promise<void> {
    return this.#uploads.finish(uploads);
  }

  async runSql(containerId: string, script: string): Promise<void> {
    await runSql(this.#engine.getContainer(containerId), script);
  }

  /** Why a job that succeeded has to run again; undefined: its result exists. */
  async #whyAgain(container: Docker.Container, { result }: JobRun): Promise<string | undefined> {
    if (result === undefined) return undefined;
    const { databaseId, database, schema } = result;
    // Two jobs ask for the same schema; while none runs it stays as it is.
    const key = JSON.stringify([databaseId, database, schema]);
    const reading =
      this.#schemas.get(key) ?? readSchema(this.#engine.getContainer(databaseId), result);
    this.#schemas.set(key, reading);
    const found = await reading;
    if (result.expects === 'schema') return found ? undefined : `schema "${schema}" is gone`;
    const proven = parseProven(await lastLines(container, SHOWN_LINES));
    return whyPrepareAgain(schema, proven, found);
  }

  /** @returns the container as it was found */
  async #unpauseAndLimit(
    container: Docker.Container,
    wanted: SettledContainer,
  ): Promise<Docker.ContainerInspectInfo> {
    const found = await container.inspect();
    if (found.State.Paused) {
      this.#log(`${wanted.title}: was paused; unpausing it`);
      await container.unpause();
    }
    if (found.HostConfig.PidsLimit !== wanted.pidsLimit) {
      await container.update({ PidsLimit: wanted.pidsLimit });
    }
    return found;
  }

  async #awaitExit(container: Docker.Container, job: JobRun, startedAt: Date): Promise<void> {
    const deadline = startedAt.getTime() + job.timeoutSeconds * 1000;
    for (;;) {
      const { State: state } = await container.inspect();
      if (!state.Running) {
        if (state.ExitCode === 0) return;
        throw await failure(container, job, startedAt);
      }
      if (Date.now() > deadline) {
        await container.stop({ t: LATE_JOB_STOP_SECONDS }).catch(() => {});
        throw new UserError(
          `${job.title}: did not end within ${job.timeoutSeconds} seconds and was stopped; its last lines:\n` +
            (await jobLines(container, job, startedAt)),
          'job-failed',
        );
      }
      await sleep(this.#pollMilliseconds);
    }
  }

  async #limitPids(container: Docker.Container, pidsLimit: number): Promise<void> {
    // A job that has already ended needs no limit, and the engine refuses to set one.
    await container.update({ PidsLimit: pidsLimit }).catch(() => {});
  }
}

/** A container that was only created, or failed before its program ran, has no end time. */
function hasRun(state: { readonly FinishedAt: string }): boolean {
  return !state.FinishedAt.startsWith('0001-');
}

async function failure(container: Docker.Container, job: JobRun, since?: Date): Promise<UserError> {
  const { State: state } = await container.inspect();
  const reason = state.OOMKilled
    ? 'ran out of memory'
    : state.Error
      ? `could not start: ${state.Error}`
      : `failed with exit code ${state.ExitCode}`;
  return new UserError(
    `${job.title}: ${reason}; the previous release keeps running, and the next up runs the job again. Its last lines:\n` +
      (await jobLines(container, job, since)),
    'job-failed',
  );
}

async function jobLines(container: Docker.Container, job: JobRun, since?: Date): Promise<string> {
  return masker(job.secretFiles.map(({ content }) => content))(
    await lastLines(container, SHOWN_LINES, since),
  );
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
