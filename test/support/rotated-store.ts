import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { administratorOf } from './administrator.ts';
import { containersOf, execIn, networksOf, runningOf, volumesOf } from './engine.ts';
import { sql } from './facts.ts';
import { get, logIn, type ProbeReport, post, probe } from './http.ts';
import { runKilledWhen } from './killed-run.ts';
import { generatedValues } from './leaks.ts';
import { freePort } from './ports.ts';
import { type CommandResult, TestProject } from './project.ts';
import { isHealthyNow, type ReplicaFacts, replicasOf, routeOf } from './replicas.ts';
import { stagingStack } from './stacks.ts';

const https = { 'x-forwarded-proto': 'https' };
const stack = 'staging';
/** Milliseconds. For minutes, by three: what a dense load sees of a rotation is seen in under-load. */
const ASK_EVERY = 400;

/** What there was at one moment. */
export interface Moment {
  readonly text: string;
  readonly containers: ReadonlySet<string>;
  readonly route: string | undefined;
}

interface Exported {
  readonly deployment: {
    readonly pending_operations?: readonly unknown[];
    readonly resources: readonly {
      readonly id?: string;
      readonly delete?: boolean;
      readonly type: string;
    }[];
  };
}

/**
 * A seeded store on two replicas, in which an admin is logged in by a session and by a token, asked
 * all the time; and what a test of rotations wants to know of it.
 */
export class RotatedStore {
  readonly project: TestProject;
  readonly url: string;
  /** Temporary files of the commands: what they leave there can be searched. */
  readonly temporary: string;
  /** Every generated value that `remember` saw, by name and version. */
  readonly values: Record<string, string> = {};
  readonly #file: string;
  #logins: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
  #probes: readonly { stop(): Promise<ProbeReport> }[] = [];

  private constructor(project: TestProject, port: number) {
    this.project = project;
    this.url = `http://127.0.0.1:${port}`;
    this.temporary = join(project.folder, 'tmp');
    mkdirSync(this.temporary);
    const { backend, ...rest } = stagingStack(port, '2');
    // A rotation is tried here, not how fast this machine is.
    const patient = { ...backend, health: { start: '10m' } };
    this.#file = project.writeStack(stack, stringify({ ...rest, backend: patient }));
  }

  static async create(): Promise<RotatedStore> {
    return new RotatedStore(await TestProject.create({ newerNode: true }), await freePort());
  }

  /** Starts it and begins to send requests: for products, and who is logged in. */
  async open(): Promise<void> {
    await this.project.up(stack);
    const { email, password } = await administratorOf(this.project.name, stack);
    const { cookie } = await logIn(this.url, email, password, https);
    const { body } = await post(`${this.url}/admin/auth/token`, { email, password }, https);
    const { access_token: token } = body as { access_token: string };
    this.#logins = { session: { cookie }, token: { authorization: `Bearer ${token}` } };
    this.#probes = [
      probe(`${this.url}/store/products`, {}, ASK_EVERY),
      ...Object.values(this.#logins).map((login) =>
        probe(`${this.url}/admin/auth`, { ...https, ...login }, ASK_EVERY),
      ),
    ];
  }

  run(command: readonly string[]): Promise<CommandResult> {
    return this.project.run(command, this.#options);
  }

  /** Starts a command and kills it as soon as `reached` says so. */
  runKilledWhen(
    command: readonly string[],
    moment: string,
    reached: (printed: string) => boolean | Promise<boolean>,
  ): Promise<string> {
    return runKilledWhen(this.project, command, moment, reached, this.#options);
  }

  get #options() {
    return { env: { TMPDIR: this.temporary } };
  }

  /** What those who asked saw until now. */
  stopAsking(): Promise<ProbeReport[]> {
    return Promise.all(this.#probes.map((one) => one.stop()));
  }

  async close(): Promise<void> {
    await this.stopAsking();
    await this.project.cleanup();
  }

  /** Status of the store, and of everybody who logged in at the beginning: 200 each. */
  async answers(): Promise<Record<string, number>> {
    const found: Record<string, number> = {
      store: (await get(`${this.url}/store/products`)).status,
    };
    for (const [kind, login] of Object.entries(this.#logins)) {
      found[kind] = (await get(`${this.url}/admin/auth`, { ...https, ...login })).status;
    }
    return found;
  }

  /** The stack file, byte for byte. */
  get text(): string {
    return readFileSync(this.#file, 'utf8');
  }

  /** Versions in the stack file. */
  get versions(): Record<string, number> {
    const { secrets = {} } = parse(this.text) as {
      secrets?: Record<string, { version?: number }>;
    };
    const names = ['cookie', 'database', 'jwt', 'redis'];
    return Object.fromEntries(names.map((name) => [name, secrets[name]?.version ?? 1]));
  }

  async moment(): Promise<Moment> {
    const containers = await this.containers();
    return {
      text: this.text,
      containers: new Set(containers.map(({ id }) => id)),
      route: await this.route(),
    };
  }

  containers() {
    return containersOf(this.project.name, stack);
  }

  route(): Promise<string | undefined> {
    return routeOf(this.project.name, stack);
  }

  allReplicas(): Promise<ReplicaFacts[]> {
    return replicasOf(this.project.name, stack);
  }

  /** Replicas made since then. */
  async newReplicas({ containers }: Moment): Promise<ReplicaFacts[]> {
    return (await this.allReplicas()).filter(({ id }) => !containers.has(id));
  }

  /** How many replicas made since then are healthy. */
  async healthyReplicas(was: Moment): Promise<number> {
    const replicas = await this.newReplicas(was);
    const healthy = await Promise.all(replicas.map(({ id }) => isHealthyNow(id)));
    return healthy.filter(Boolean).length;
  }

  /** Replicas that were there already. */
  async oldReplicas({ containers }: Moment): Promise<ReplicaFacts[]> {
    return (await this.allReplicas()).filter(({ id }) => containers.has(id));
  }

  /** Whether a job has been started since then. */
  async started(component: string, { containers }: Moment): Promise<boolean> {
    return (await this.containers()).some(
      (one) => one.component === component && !containers.has(one.id) && one.state !== 'created',
    );
  }

  /** What the engine has, by kind and state: names change with each release. */
  async inventory() {
    const containers = await this.containers();
    return {
      containers: containers.map(({ component, state }) => `${component} ${state}`).sort(),
      networks: await networksOf(this.project.name, stack),
      volumes: await volumesOf(this.project.name, stack),
    };
  }

  /** Database roles that may log in. */
  openRoles(): Promise<string[]> {
    const query =
      "SELECT rolname FROM pg_roles WHERE rolname ~ '^medusa_' AND rolcanlogin ORDER BY 1";
    return sql(this.project.name, stack, query);
  }

  /** URLs of the servers, passwords included. */
  async loginUrls(): Promise<{ database: string; redis: string }> {
    const command = ['env', '-s', stack, '--show-secrets', '--format', 'json'];
    const { stdout, stderr } = await this.project.run(command, { unrecorded: true });
    if (!stdout.startsWith('{')) throw new Error(stderr);
    const found = JSON.parse(stdout) as { DATABASE_URL: string; REDIS_URL: string };
    return { database: found.DATABASE_URL, redis: found.REDIS_URL };
  }

  /** Whether the servers let in with these URLs: by a login, not by what the command says. */
  async logsIn(urls: { database: string; redis: string }) {
    return {
      database: await this.#logsIn('database', ['psql', urls.database, '-XAtc', 'SELECT 1']),
      redis: await this.#logsIn('redis', [
        'redis-cli',
        '--no-auth-warning',
        '-u',
        urls.redis,
        'PING',
      ]),
    };
  }

  async #logsIn(component: string, command: readonly string[]): Promise<boolean> {
    const [server] = await runningOf(this.project.name, stack, component);
    const answer = await execIn(server?.id ?? '', command).catch((error: Error) => error.message);
    if (/^(1|PONG)$/.test(answer.trim())) return true;
    if (/password authentication failed|not permitted to log in|WRONGPASS/.test(answer)) {
      return false;
    }
    throw new Error(answer);
  }

  /** Reads the state, keeps the values in it, and returns what is odd in it: nothing, at rest. */
  async remember() {
    const { stdout } = await this.project.pulumi(stack, ['stack', 'export', '--show-secrets']);
    Object.assign(this.values, generatedValues(stdout));
    const { deployment } = JSON.parse(stdout) as Exported;
    const known = deployment.resources
      .filter(({ type }) => type === 'docker:index/container:Container')
      .map(({ id }) => id);
    const there = (await this.containers()).map(({ id }) => id);
    return {
      pending: deployment.pending_operations ?? [],
      toDelete: deployment.resources.filter((resource) => resource.delete),
      unknown: there.filter((id) => !known.includes(id)),
      gone: known.filter((id) => !there.includes(id ?? '')),
    };
  }
}
