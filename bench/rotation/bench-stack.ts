import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { type Administrator, administratorOf } from '../../test/support/administrator.ts';
import { containersOf, execIn, logsOf, runningOf } from '../../test/support/engine.ts';
import { sql } from '../../test/support/facts.ts';
import { freePort } from '../../test/support/ports.ts';
import { killTree } from '../../test/support/processes.ts';
import { type CommandResult, TestProject } from '../../test/support/project.ts';
import { stagingStack } from '../../test/support/stacks.ts';
import { ShopMix } from '../load/shop-mix.ts';

/** The stack's name inside its own project. */
const STACK = 'staging';

/**
 * The seeded store as production runs it, on two replicas, in a separate project with its own state,
 * secrets and port. TLS ends in front of the edge: the load says so in its headers.
 */
export class BenchStack {
  readonly project: TestProject;
  readonly origin: string;
  readonly #file: string;
  #running: number | undefined;
  #admin: Administrator | undefined;

  private constructor(project: TestProject, port: number) {
    this.project = project;
    this.origin = `http://127.0.0.1:${port}`;
    const { edge, ...rest } = stagingStack(port, '2');
    // All of the load comes from one address, and logs in all the time.
    this.#file = project.writeStack(STACK, { ...rest, edge: { ...edge, loginLimit: false } });
  }

  /** Creates the project and its stack file; `up` deploys it. */
  static async create(): Promise<BenchStack> {
    return new BenchStack(await TestProject.create(), await freePort());
  }

  /** Changes the stack file as a user would; `undefined` takes the key away. */
  edit(key: readonly string[], value: unknown): void {
    const document = parseDocument(readFileSync(this.#file, 'utf8'));
    if (value === undefined) document.deleteIn(key);
    else document.setIn(key, value);
    writeFileSync(this.#file, document.toString());
  }

  /** A command with exit code 0; throws with all that it printed otherwise. */
  async run(...args: string[]): Promise<CommandResult> {
    const result = await this.#command(args);
    if (result.code !== 0) throw new Error(`${args[0]} exited ${result.code}\n${printed(result)}`);
    return result;
  }

  up(): Promise<CommandResult> {
    return this.run('up', '--yes');
  }

  /** An `up` that must end with exit code 1. */
  async failingUp(): Promise<CommandResult> {
    const result = await this.#command(['up', '--yes']);
    if (result.code !== 1) {
      throw new Error(`up exited ${result.code}, expected 1\n${printed(result)}`);
    }
    return result;
  }

  /** Starts an `up` and kills it, with all that it started, as soon as `reached` says so. */
  async upKilledWhen(moment: string, reached: () => Promise<boolean>): Promise<void> {
    const running = this.project.start(['up', '--yes', '-s', STACK]);
    this.#running = running.pid;
    let ended = false;
    const end = running.then((result) => {
      ended = true;
      return result;
    });
    try {
      while (!(await reached())) {
        if (ended) throw new Error(`up ended before ${moment}\n${printed(await end)}`);
        await new Promise((next) => setTimeout(next, 50));
      }
    } finally {
      this.abandon();
      await end;
    }
  }

  /** Kills the command that runs right now, if any. */
  abandon(): void {
    if (this.#running !== undefined) killTree(this.#running);
    this.#running = undefined;
  }

  /** Logs in whoever is to stay logged in, for one load. */
  async openMix(): Promise<ShopMix> {
    this.#admin ??= await administratorOf(this.project.name, STACK);
    const headers = { 'x-forwarded-proto': 'https' };
    return ShopMix.open({ origin: this.origin, admin: this.#admin, headers });
  }

  /** Ids of the backend's running containers. */
  async replicas(): Promise<string[]> {
    const found = await containersOf(this.project.name, STACK);
    return found
      .filter(({ component, state }) => component === 'backend' && state === 'running')
      .map(({ id }) => id);
  }

  /** Names of the releases that the edge sends traffic to. */
  async route(): Promise<string> {
    return this.inside('edge', ['ls', '/data/active']);
  }

  /** Output of a command in the container of a component. */
  async inside(component: string, command: readonly string[]): Promise<string> {
    const [container] = await runningOf(this.project.name, STACK, component);
    return (await execIn(container?.id ?? '', command)).trim();
  }

  /** How many notes with a mark are in the database. */
  async notesStored(mark: string): Promise<number> {
    const query = `SELECT count(*) FROM shop.note WHERE resource_id = '${mark}'`;
    return Number((await sql(this.project.name, STACK, query))[0]);
  }

  /** What the edge has logged so far: evidence for what went wrong. */
  async saveEdgeLog(folder: string, name: string): Promise<string> {
    const [edge] = await runningOf(this.project.name, STACK, 'edge');
    const file = join(folder, `${name}-edge.log`);
    writeFileSync(file, await logsOf(edge?.id ?? ''));
    return file;
  }

  /** Removes all of it, data too. */
  close(): Promise<void> {
    this.abandon();
    return this.project.cleanup();
  }

  async #command(args: readonly string[]): Promise<CommandResult> {
    const began = Date.now();
    const running = this.project.start([...args, '-s', STACK]);
    this.#running = running.pid;
    const { exitCode: code, stdout, stderr } = await running;
    this.#running = undefined;
    return { code, stdout, stderr, seconds: (Date.now() - began) / 1000 };
  }
}

function printed({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  return `${stdout}\n${stderr}`.trim();
}
