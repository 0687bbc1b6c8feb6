import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { containersOf, docker, execIn, runningOf } from '../engine.ts';
import { eventually } from '../eventually.ts';
import { sql } from '../facts.ts';
import { productTitles } from '../http.ts';
import { freePort } from '../ports.ts';
import { TestProject } from '../project.ts';
import { seededTitles, shopStack } from '../stacks.ts';
import { messageLine } from './fault.ts';

const stack = 'dev';
const UPLOADS = '/app/uploads';

/** Written before a fault, and looked for after it, in each place that keeps data. */
const places = {
  'the rows in PostgreSQL': {
    write: (shop: Shop, mark: string) =>
      shop.sql(
        `CREATE SCHEMA IF NOT EXISTS marks; CREATE TABLE IF NOT EXISTS marks.marks (mark text);
         INSERT INTO marks.marks VALUES ('${mark}')`,
      ),
    isThere: async (shop: Shop, mark: string) => {
      const [table] = await shop.sql(`SELECT to_regclass('marks.marks')`);
      if (!table) return false;
      return (await shop.sql(`SELECT mark FROM marks.marks WHERE mark = '${mark}'`)).length > 0;
    },
  },
  'the keys in Redis': {
    write: (shop: Shop, mark: string) => shop.redis('SET', mark, mark),
    isThere: async (shop: Shop, mark: string) => (await shop.redis('GET', mark)) === mark,
  },
  'the uploaded files': {
    write: (shop: Shop, mark: string) => shop.inBackend('touch', `${UPLOADS}/${mark}`),
    isThere: async (shop: Shop, mark: string) =>
      (await shop.inBackend('ls', UPLOADS)).split('\n').includes(mark),
  },
};

/** A development stack of the store, on which faults are made one after the other. */
export class Shop {
  readonly stack = stack;
  readonly project: TestProject;
  readonly port: number;
  readonly url: string;

  private constructor(project: TestProject, port: number) {
    this.project = project;
    this.port = port;
    this.url = `http://localhost:${port}`;
  }

  /** Writes the stack file; nothing runs yet. */
  static async create(): Promise<Shop> {
    const project = await TestProject.create();
    const shop = new Shop(project, await freePort());
    project.writeStack(stack, shopStack(shop.port));
    return shop;
  }

  /** Names in messages that differ from run to run. */
  get differing(): Record<string, string> {
    return { [this.project.name]: 'shop', [String(this.port)]: '9000' };
  }

  /** An `up` that must succeed; what it printed. */
  async up(): Promise<string> {
    return (await this.project.up(stack)).stderr;
  }

  async idOf(component: string): Promise<string> {
    return (await runningOf(this.project.name, stack, component))[0]?.id ?? '';
  }

  /** The containers of the servers and the store, without the jobs. */
  async servers() {
    const all = await containersOf(this.project.name, stack);
    return all.filter(({ component }) => !component.startsWith('prepare-'));
  }

  async inBackend(...command: string[]): Promise<string> {
    return execIn(await this.idOf('backend'), command);
  }

  /** Rows of a query as the superuser. */
  sql(query: string): Promise<string[]> {
    return sql(this.project.name, stack, query);
  }

  /** A command to Redis as the user that the backend logs in as. */
  async redis(...command: string[]): Promise<string> {
    const url = (await this.inBackend('cat', '/run/secrets/REDIS_URL')).trim();
    const at = url.replace(/@[^/@]*\//, '@127.0.0.1:6379/');
    const words = ['redis-cli', '--no-auth-warning', '-u', at, ...command];
    return (await execIn(await this.idOf('redis'), words)).trim();
  }

  /** Waits until the store lists its products. */
  async serves(): Promise<void> {
    await eventually(async () => expect(await productTitles(this.url)).toEqual(seededTitles), {
      seconds: 120,
    });
  }

  /** Marks all data; what is returned looks, once the store serves, what of it was lost. */
  async marked(): Promise<() => Promise<string>> {
    const mark = `mark-${randomUUID()}`;
    for (const place of Object.values(places)) await place.write(this, mark);
    return async () => {
      await this.serves();
      const lost: string[] = [];
      for (const [name, place] of Object.entries(places)) {
        if (!(await eventually(() => place.isThere(this, mark)))) lost.push(name);
      }
      return lost.join(', ') || 'nothing';
    };
  }

  /** Kills a container's first process as the kernel would, which the engine does not take for a wish. */
  async killProcessOf(id: string): Promise<void> {
    const { State } = await docker.getContainer(id).inspect();
    process.kill(State.Pid, 'SIGKILL');
  }

  /** When a container was last started. */
  async startOf(id: string): Promise<string> {
    return (await docker.getContainer(id).inspect()).State.StartedAt;
  }

  /** Waits until the engine has started a container again by itself. */
  async startedAgain(id: string, began: string | undefined): Promise<void> {
    await eventually(async () => {
      const { State } = await docker.getContainer(id).inspect();
      expect(State.Running && State.StartedAt !== began).toBe(true);
    });
  }
}

/** The last line of an `up`, without the time that it took. */
export function summaryOf(printed: string): string {
  const line = messageLine(printed, /unchanged, in /);
  return `\`${line.replace(/, in .+$/, '')}\``;
}
