import { posix } from 'node:path';
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
} from '../../../src/docker/container-runtime.ts';

/** A container runtime that notes what it is asked; `failing` names a job that ends badly. */
export class FakeRuntime implements ContainerRuntime {
  readonly settled: (SettledContainer & { readonly id: string })[] = [];
  readonly finished: (JobRun & { readonly id: string })[] = [];
  readonly #failing: Readonly<Record<string, Error>>;

  constructor(failing: Readonly<Record<string, Error>> = {}) {
    this.#failing = failing;
  }

  async settle(id: string, wanted: SettledContainer): Promise<void> {
    this.settled.push({ id, ...wanted });
  }

  readonly started: (StartingReplica & { readonly id: string })[] = [];

  async startReplica(id: string, replica: StartingReplica): Promise<void> {
    this.started.push({ id, ...replica });
  }

  async finish(id: string, job: JobRun): Promise<void> {
    this.finished.push({ id, ...job });
    const error = this.#failing[job.title];
    if (error) throw error;
  }

  readonly edgeConfigs: (EdgeConfig & { readonly id: string })[] = [];
  readonly releases: (Release & { readonly edgeId: string })[] = [];
  readonly redisUsers: (RedisUsers & { readonly id: string; readonly mode: 'add' | 'only' })[] = [];
  readonly sql: { readonly id: string; readonly script: string }[] = [];

  async configureEdge(id: string, edge: EdgeConfig): Promise<void> {
    this.edgeConfigs.push({ id, ...edge });
  }

  async switchRelease(edgeId: string, release: Release): Promise<void> {
    this.releases.push({ edgeId, ...release });
  }

  async setRedisUsers(id: string, users: RedisUsers, mode: 'add' | 'only'): Promise<void> {
    this.redisUsers.push({ id, mode, ...users });
  }

  async imageUser(): Promise<ContainerUser | undefined> {
    return { user: 'node:65525', groups: ['1000'] };
  }

  readonly connected: string[] = [];

  async connectReplicas(_labels: object, network: string): Promise<void> {
    this.connected.push(network);
  }

  readonly uploads: (Uploads & { readonly step: 'prepare' | 'finish' })[] = [];

  async uploadsFolder(_image: string, folder: string): Promise<string> {
    return posix.resolve('/app', folder);
  }

  async prepareUploads(uploads: Uploads): Promise<void> {
    this.uploads.push({ step: 'prepare', ...uploads });
  }

  async finishUploads(uploads: Uploads): Promise<void> {
    this.uploads.push({ step: 'finish', ...uploads });
  }

  async runSql(id: string, script: string): Promise<void> {
    this.sql.push({ id, script });
  }
}
