import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { eventually } from '../eventually.ts';
import { freePort } from '../ports.ts';
import { type AwsTools, awsTools } from './tools.ts';

/** One request that moto was sent, without what could be secret of it. */
export interface AwsCall {
  /** As requests are signed for, such as `elasticloadbalancing`. */
  readonly service: string;
  readonly region: string;
  /** Name in the service's API, such as `CreateLoadBalancer`. */
  readonly operation: string;
  /** Texts of the parameters that name resources, by key, from any depth. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  /** The project's tag among its parameters. */
  readonly project: string | null;
}

export interface MotoOptions {
  readonly region: string;
  /** Host and port of a registry, which ECR's repositories are said to be in. @default ECR's own names */
  readonly registry?: string;
  /** How soon one of the server's threads makes way for another: shorter, races show. @default Python's 5 ms */
  readonly switchSeconds?: number;
}

export type Held = 'prepare' | 'retire' | 'service' | 'redis';

/** Who moto's ECR says one logs in as (moto/ecr/responses.py). */
export const ECR_USER = { username: 'AWS', password: '123456789012-auth-token' };

/** Services that a stack's resources and the command ask, as the provider names their endpoints. */
const ENDPOINTS = [
  ...['acm', 'appautoscaling', 'cloudwatch', 'ec2', 'ecr', 'ecs', 'elasticache', 'elbv2', 'iam'],
  ...['kms', 'logs', 'rds', 'resourcegroupstaggingapi', 'route53', 's3', 's3control'],
  ...['secretsmanager', 'servicediscovery', 'ssm', 'sts', 'wafv2'],
];

/** moto (https://docs.getmoto.org): an AWS account of a test file's own, on 127.0.0.1, in memory. */
export class Moto {
  readonly url: string;
  readonly region: string;
  readonly #folder: string;
  readonly #server: Child;
  readonly #asker: Child;
  readonly #answers: AsyncIterator<unknown>;
  readonly #onExit = () => this.#kill();
  /** The question before, which is answered first. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor({ python }: AwsTools, port: number, options: MotoOptions) {
    const { region, registry, switchSeconds } = options;
    this.url = `http://127.0.0.1:${port}`;
    this.region = region;
    this.#folder = mkdtempSync(join(tmpdir(), 'mi-moto-'));
    mkdirSync(this.#file('holds'));
    const output = { file: this.#file('log'), append: true } as const;
    this.#server = execa(python, [script('server.py'), '-H', '127.0.0.1', '-p', String(port)], {
      env: {
        MOTO_CALLS: this.#file('calls'),
        MOTO_HOLDS: this.#file('holds'),
        MOTO_ENDS_WITH_STDIN: '1',
        ...(registry ? { MOTO_ECR_REGISTRY: registry } : {}),
        ...(switchSeconds ? { MOTO_SWITCH_SECONDS: String(switchSeconds) } : {}),
      },
      stdin: 'pipe',
      stdout: output,
      stderr: output,
      reject: false,
    });
    this.#asker = execa(python, [script('ask.py'), this.url, region], {
      stdin: 'pipe',
      stderr: 'inherit',
      reject: false,
    });
    this.#answers = this.#asker.iterable()[Symbol.asyncIterator]();
    process.once('exit', this.#onExit);
  }

  /** Starts it on a free port and waits until it answers. */
  static async start(options: MotoOptions): Promise<Moto> {
    const moto = new Moto(await awsTools(), await freePort(), options);
    try {
      await eventually(() => {
        if (moto.#server.exitCode !== null) throw new Error(`moto ended:\n${moto.log()}`);
        return fetch(`${moto.url}/moto-api/`);
      });
    } catch (error) {
      await moto.stop();
      throw error;
    }
    return moto;
  }

  /** What a user's shell exports: credentials, which moto takes whatever they are. */
  get shell(): Record<string, string> {
    return {
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
      // moto is done at once: the provider's fixed first waits are for nothing.
      AWS_WAIT_CAP: '1s',
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    };
  }

  /** Pulumi's configuration of a stack that is to be deployed here. */
  get config(): Record<string, string> {
    return {
      'aws:endpoints': JSON.stringify([
        Object.fromEntries(ENDPOINTS.map((service) => [service, this.url])),
      ]),
      'aws:s3UsePathStyle': 'true',
      'aws:skipMetadataApiCheck': 'true',
    };
  }

  /** Asks through boto3, all pages; its names: `ask('rds', 'describe_db_instances')`. */
  async ask<T = Record<string, never>>(
    service: string,
    operation: string,
    parameters: object = {},
  ): Promise<T> {
    const asked = this.#turn.then(async () => {
      this.#asker.stdin?.write(`${JSON.stringify([service, operation, parameters])}\n`);
      const { value, done } = await this.#answers.next();
      if (done) throw new Error('ask.py ended');
      const reply = JSON.parse(String(value)) as { answer: T; error?: string };
      if (reply.error) throw new Error(`${service} ${operation}: ${reply.error}`);
      return reply.answer;
    });
    this.#turn = asked.catch(() => undefined);
    return asked;
  }

  /** A public hosted zone. @returns its id */
  async createZone(name: string): Promise<string> {
    const { HostedZone } = await this.ask<{ HostedZone: { Id: string } }>(
      'route53',
      'create_hosted_zone',
      { Name: name, CallerReference: name },
    );
    return HostedZone.Id.replace('/hostedzone/', '');
  }

  /** All requests so far, but for those of `ask`. */
  calls(): AwsCall[] {
    const file = this.#file('calls');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.filter(Boolean).map((line) => JSON.parse(line) as AwsCall);
  }

  /** What the server printed. */
  log(): string {
    return readFileSync(this.#file('log'), 'utf8');
  }

  /**
   * Makes what begins from now on go on until it is let go: the tasks `prepare` or `retire`, a release of
   * the `service`, a change of `redis`.
   */
  hold(what: Held): void {
    writeFileSync(this.#file(`holds/${what}`), '');
  }

  letGo(what: Held): void {
    rmSync(this.#file(`holds/${what}`));
  }

  /** Fingerprints of the passwords that a replication group takes, in the order in which they came. */
  takenTokens(replicationGroupId: string): string[] {
    const line = this.log()
      .split('\n')
      .findLast((each) => each.startsWith(`TOKENS ${replicationGroupId} `));
    return line?.split(' ').slice(2) ?? [];
  }

  /** What the server says that was done, since the server had printed `before`. */
  doneSince(before: string): string[] {
    const lines = this.log().slice(before.length).split('\n');
    return lines.filter((line) => /^(RUN TASK|AUTH TOKEN|DEPLOYING|NOT IMPLEMENTED)/.test(line));
  }

  async stop(): Promise<void> {
    this.#kill();
    await Promise.all([this.#server, this.#asker]);
    rmSync(this.#folder, { recursive: true, force: true });
    process.off('exit', this.#onExit);
  }

  #kill(): void {
    // There is nothing to be kept.
    for (const child of [this.#server, this.#asker]) child.kill('SIGKILL');
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }
}

type Child = ReturnType<typeof execa>;

function script(name: string): string {
  return join(import.meta.dirname, name);
}
