import type { Container } from 'dockerode';
import { LABELS } from '../../../src/derive/labels.ts';
import type { RegistryLogin } from '../../../src/images/publish/image-publisher.ts';
import { docker, logsOf } from '../engine.ts';
import { type ContainerDefinition, containerSecrets, type TaskDefinition } from './account.ts';
import type { Moto } from './moto.ts';

export interface LocalTaskOptions {
  /** The project's label goes on everything: its cleanup removes what is left. */
  readonly project: string;
  readonly network: string;
  /** To pull the images with. */
  readonly registry: RegistryLogin;
  /** File of this machine -> path in every container, in place of what the image has there. */
  readonly files: Readonly<Record<string, string>>;
}

/** How a container ended. */
export interface Ended {
  readonly name: string;
  readonly code: number;
  readonly output: string;
}

/**
 * A task definition on this machine's Docker engine, as Fargate runs it: containers in the order of
 * `dependsOn`, secrets as variables, volumes of the task's own.
 */
export class LocalTask {
  /** Containers that ended before an essential one was started, in order. */
  readonly ended: Ended[] = [];
  readonly #moto: Moto;
  readonly #task: TaskDefinition;
  readonly #options: LocalTaskOptions;
  readonly #name: string;
  readonly #started = new Map<string, Container>();

  constructor(moto: Moto, task: TaskDefinition, options: LocalTaskOptions) {
    this.#moto = moto;
    this.#task = task;
    this.#options = options;
    this.#name = `${options.project}-task-${Math.random().toString(36).slice(2, 8)}`;
  }

  /**
   * Starts the containers; those that others wait for have ended then, and one with a health check is
   * healthy. @throws Error with what it printed, where one of them is not
   */
  async run(): Promise<this> {
    for (const { name } of this.#task.volumes) {
      await docker.createVolume({ Name: `${this.#name}-${name}`, Labels: this.#labels });
    }
    // The definition lists them in the order in which they start; what it says is checked, not assumed.
    for (const definition of this.#task.containerDefinitions) {
      for (const { containerName, condition } of definition.dependsOn ?? []) {
        if (condition !== 'SUCCESS') throw new Error(`${definition.name} waits for ${condition}`);
        await this.#success(containerName);
      }
      await this.#start(definition);
    }
    for (const { name, essential, healthCheck } of this.#task.containerDefinitions) {
      if (healthCheck) await this.#healthy(name);
      // A task ends with its essential container.
      else if (essential) await this.#success(name);
    }
    return this;
  }

  /** A container of it by its name in the definition. */
  container(name: string): Container {
    const found = this.#started.get(name);
    if (!found) throw new Error(`${this.#task.family}: ${name} was not started`);
    return found;
  }

  /** Port of 127.0.0.1 behind which a container's is. */
  async port(name: string, containerPort: number): Promise<number> {
    const { NetworkSettings } = await this.container(name).inspect();
    return Number(NetworkSettings.Ports[`${containerPort}/tcp`]?.[0]?.HostPort);
  }

  async remove(): Promise<void> {
    for (const container of this.#started.values()) {
      await container.remove({ force: true, v: true });
    }
    for (const { name } of this.#task.volumes) {
      await docker.getVolume(`${this.#name}-${name}`).remove();
    }
  }

  get #labels(): Record<string, string> {
    return { [LABELS.project]: this.#options.project };
  }

  async #start(definition: ContainerDefinition): Promise<void> {
    const { network, files } = this.#options;
    const { name, entryPoint = [], command, environment = [], healthCheck } = definition;
    await this.#pull(definition.image);
    const secrets = await containerSecrets(this.#moto, definition);
    const ports = (definition.portMappings ?? []).map(
      ({ containerPort }) => `${containerPort}/tcp`,
    );
    const container = await docker.createContainer({
      name: `${this.#name}-${name}`,
      Labels: this.#labels,
      Image: definition.image,
      ...(entryPoint.length > 0 ? { Entrypoint: [...entryPoint] } : {}),
      Cmd: [...command],
      Env: [
        ...environment.map((variable) => `${variable.name}=${variable.value}`),
        ...Object.entries(secrets).map(([variable, value]) => `${variable}=${value}`),
      ],
      ...(definition.user ? { User: definition.user } : {}),
      ...(healthCheck
        ? {
            Healthcheck: {
              Test: [...healthCheck.command],
              Interval: nanoseconds(healthCheck.interval),
              Timeout: nanoseconds(healthCheck.timeout),
              Retries: healthCheck.retries,
              StartPeriod: nanoseconds(healthCheck.startPeriod),
            },
          }
        : {}),
      ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])),
      HostConfig: {
        NetworkMode: network,
        PortBindings: Object.fromEntries(ports.map((port) => [port, [{ HostIp: '127.0.0.1' }]])),
        ReadonlyRootfs: definition.readonlyRootFilesystem ?? false,
        Init: definition.linuxParameters?.initProcessEnabled ?? false,
        CapDrop: [...(definition.linuxParameters?.capabilities.drop ?? [])],
        Binds: [
          ...(definition.mountPoints ?? []).map(
            ({ sourceVolume, containerPath }) => `${this.#name}-${sourceVolume}:${containerPath}`,
          ),
          ...Object.entries(files).map(([file, path]) => `${file}:${path}:ro`),
        ],
      },
    });
    this.#started.set(name, container);
    await container.start();
  }

  async #pull(image: string): Promise<void> {
    const authconfig = { ...this.#options.registry, serveraddress: image.split('/')[0] };
    const stream = await docker.pull(image, { authconfig });
    await new Promise<void>((done, fail) =>
      docker.modem.followProgress(stream, (error) => (error ? fail(error) : done())),
    );
  }

  async #success(name: string): Promise<void> {
    if (this.ended.some((each) => each.name === name)) return;
    const container = this.container(name);
    const { StatusCode: code } = (await container.wait()) as { StatusCode: number };
    const output = await logsOf(container.id);
    this.ended.push({ name, code, output });
    if (code !== 0) throw new Error(`${name} ended with exit code ${code}:\n${output}`);
  }

  async #healthy(name: string): Promise<void> {
    const container = this.container(name);
    for (const deadline = Date.now() + 300_000; ; ) {
      const { State } = await container.inspect();
      if (State.Health?.Status === 'healthy') return;
      if (!State.Running || State.Health?.Status === 'unhealthy' || Date.now() > deadline) {
        throw new Error(`${name} is not healthy:\n${await logsOf(container.id)}`);
      }
      await new Promise((next) => setTimeout(next, 250));
    }
  }
}

function nanoseconds(seconds: number): number {
  return seconds * 1_000_000_000;
}
