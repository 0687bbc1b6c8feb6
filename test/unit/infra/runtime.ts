import type {
  ContainerRuntime,
  JobRun,
  SettledContainer,
} from '../../../infra/components/docker/container-runtime.ts';

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

  async finish(id: string, job: JobRun): Promise<void> {
    this.finished.push({ id, ...job });
    const error = this.#failing[job.title];
    if (error) throw error;
  }
}
