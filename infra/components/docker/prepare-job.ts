import { Container } from '@pulumi/docker/container.js';
import * as pulumi from '@pulumi/pulumi';
import { runsWithLabel } from '../../../src/derive/labels.ts';
import type { ContainerRuntime, JobResult } from '../../../src/docker/container-runtime.ts';
import {
  baseContainerArgs,
  type ContainerFile,
  type ContainerLimits,
  type Labels,
  processArgs,
  type VolumeMount,
} from './container-args.ts';
import { afterwardsWith } from './settled.ts';

export interface PrepareJobArgs {
  readonly labels: Labels;
  readonly runtime: ContainerRuntime;
  /** Value of the component label and the name in messages, such as `prepare-migrate`. */
  readonly component: string;
  readonly image: pulumi.Input<string>;
  /** Program and arguments, in place of the image's own. */
  readonly command: readonly string[];
  /** User in the container. @default the image's own */
  readonly user?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What the job is about: a change makes it run again. */
  readonly files: readonly ContainerFile[];
  /** What it also needs, as it is when it runs: a change alone does not make it run again. */
  readonly lateFiles?: readonly ContainerFile[];
  readonly tmpfs?: Readonly<Record<string, number>>;
  readonly volumes?: readonly VolumeMount[];
  /** @default no network at all */
  readonly network?: pulumi.Input<string>;
  readonly limits: ContainerLimits;
  readonly timeoutSeconds: number;
  /** The job runs again when one of these changes, beside its own inputs. */
  readonly runAgainWith?: Readonly<Record<string, pulumi.Input<string>>>;
  /** What is looked at before a job that has ended well is left alone. @default nothing */
  readonly result?: Omit<JobResult, 'databaseId'> & { readonly databaseId: pulumi.Input<string> };
  /** What has to be there before the job starts. */
  readonly startsAfter?: readonly pulumi.Input<pulumi.Resource>[];
}

/** Ceilings of a job that only runs a client or a few lines. */
export const SMALL_JOB_LIMITS = {
  cpuMillis: 500,
  memoryBytes: 128 * 1024 * 1024,
  pidsLimit: 64,
};

/**
 * Something that has to end well before what depends on it goes on.
 *
 * The container stays where it is after the job, so that its log can be read and a second run finds
 * nothing to do, as long as its result is there. Every changed input makes a new container, which is a new
 * run.
 */
export class PrepareJob extends pulumi.ComponentResource {
  /** Resolves when the job has ended well, rejects with its last lines otherwise; for `dependsOn`. */
  readonly succeeded: Promise<pulumi.Resource>;

  constructor(name: string, args: PrepareJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:docker:PrepareJob', name, {}, opts);
    const base = baseContainerArgs(args);
    const container = new Container(
      `${name}-container`,
      {
        ...base,
        labels: [
          ...base.labels,
          ...Object.entries(args.runAgainWith ?? {}).map(([key, value]) => ({
            label: runsWithLabel(key),
            value,
          })),
        ],
        ...processArgs({ ...args, tmpfs: { '/tmp': 64 * 1024 * 1024, ...args.tmpfs } }),
        user: args.user,
        ...(args.network === undefined
          ? { networkMode: 'none' }
          : { networksAdvanced: [{ name: args.network }] }),
        // The provider neither waits for the end nor minds how it was: `finish` starts it and does.
        start: false,
        mustRun: false,
        restart: 'no',
      },
      {
        parent: this,
        dependsOn: [...(args.startsAfter ?? [])],
        deleteBeforeReplace: false,
        // What a finished container is like does not matter; what it is made from does.
        replaceOnChanges: ['memory', 'memorySwap', 'cpuPeriod', 'cpuQuota', 'tmpfs', 'init'],
        additionalSecretOutputs: ['uploads'],
      },
    );
    const lateFiles = (args.lateFiles ?? []).map(({ path, content }) =>
      pulumi.output(content).apply((text) => ({ path, content: text ?? '' })),
    );
    const late = pulumi.all([pulumi.all(lateFiles), pulumi.output(args.result)]);
    this.succeeded = afterwardsWith(container, late, (id, [files, result]) =>
      args.runtime.finish(id, {
        title: args.component,
        pidsLimit: args.limits.pidsLimit,
        timeoutSeconds: args.timeoutSeconds,
        files,
        result,
      }),
    ).ready;
    this.registerOutputs();
  }
}
