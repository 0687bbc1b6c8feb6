import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { execIn, idsByComponent, runningOf } from '../engine.ts';
import { eventually } from '../eventually.ts';
import { backendEnvironment, sql } from '../facts.ts';
import { productTitles } from '../http.ts';
import type { TestProject } from '../project.ts';
import { seededTitles } from '../stacks.ts';
import { messageLine } from './fault.ts';

/** Of the store's image. */
const UPLOADS = '/app/uploads';

/** A running store with marks in it, by which a test sees what a fault has taken. */
export class MarkedStore {
  readonly project: TestProject;
  readonly stack: string;
  readonly url: string;
  /** Of the value in use: the value itself shall not be in a report. */
  #secret = '';

  constructor(project: TestProject, stack: string, url: string) {
    this.project = project;
    this.stack = stack;
    this.url = url;
  }

  /** A row in PostgreSQL, an uploaded file, and the secret of sessions. */
  async mark(): Promise<void> {
    await this.sql('CREATE TABLE public.marks AS SELECT 1 AS mark');
    await this.inBackend('echo 1 > mark.txt');
    await this.noteSecret();
  }

  /** The secret of now is the one that has to stay. */
  async noteSecret(): Promise<void> {
    this.#secret = await this.#secretNow();
  }

  /** The store serves, and has its row and its file. */
  async expectData(): Promise<void> {
    await eventually(async () => expect(await productTitles(this.url)).toEqual(seededTitles));
    expect(await this.sql('SELECT mark FROM public.marks')).toEqual(['1']);
    expect(await this.inBackend('cat mark.txt')).toBe('1\n');
  }

  /** As `expectData`, and nobody was logged out. */
  async expectWell(): Promise<void> {
    await this.expectData();
    expect(await this.#secretNow()).toBe(this.#secret);
  }

  ids = () => idsByComponent(this.project.name, this.stack);

  sql = (query: string) => sql(this.project.name, this.stack, query);

  up = () => this.project.up(this.stack);

  /**
   * An `up` that fails with a message for the user, and leaves what runs alone; returns that line.
   * @param pattern of the line
   */
  async upRefused(pattern: RegExp, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const before = await this.ids();
    const { code, stderr } = await this.project.run(['up', '-s', this.stack, '--yes'], { env });
    expect(code, stderr).toBe(1);
    expect(stderr).not.toMatch(/^\s+at .+:\d+/m);
    expect(await this.ids()).toEqual(before);
    return this.line(stderr, pattern);
  }

  /** A line of what was printed, with the same names in each run. */
  line = (printed: string, pattern: RegExp) =>
    messageLine(printed, pattern, {
      [this.project.folder]: '/srv/shop',
      [this.project.name]: 'shop',
      '<stack>': this.stack,
    });

  /** A script in the folder of uploads. */
  async inBackend(script: string): Promise<string> {
    const [backend] = await runningOf(this.project.name, this.stack, 'backend');
    return execIn(backend?.id ?? '', ['/bin/sh', '-c', `cd ${UPLOADS} && ${script}`]);
  }

  async #secretNow(): Promise<string> {
    const { JWT_SECRET = '' } = await backendEnvironment(this.project.name, this.stack);
    expect(JWT_SECRET).not.toBe('');
    return createHash('sha256').update(JWT_SECRET).digest('hex');
  }
}
