import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import { cacheRoot, PartCache } from '../../toolchain/cache.ts';
import { findNewerNode } from '../../toolchain/node.ts';
import { leftovers, projectsOnEngine, removeProject } from './engine.ts';

/** The repository's root. */
export const repository = resolve(import.meta.dirname, '../..');

export interface CommandResult {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Seconds from start to end. */
  readonly seconds: number;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  /** What is printed is not kept in the transcript: the command was asked to show secrets. */
  readonly unrecorded?: boolean;
  /** Written to standard input. @default none: it is closed */
  readonly input?: string;
}

export interface ProjectOptions {
  /** The command runs on the Node that Pulumi programs run on, in place of the installed one. @default false */
  readonly newerNode?: boolean;
}

const staleAfterSeconds = 6 * 3600;
const nameOf = /^it-([0-9a-z]{6,7})-[0-9a-f]{4}$/;

/**
 * A separate project outside the repository, with its own state and passphrase: the real command
 * runs in it, and nothing of the user's is touched. Each test file makes one and cleans it up.
 */
export class TestProject {
  readonly name: string;
  readonly folder: string;
  readonly stacks: string;
  /** What every command printed, for a search through all of it. */
  readonly transcript: string[] = [];
  /** What the user's shell exports in addition to this machine's environment. */
  readonly shell: Record<string, string> = {};
  readonly #node: string;
  readonly #onExit: () => void;

  private constructor(name: string, folder: string, { newerNode = false }: ProjectOptions) {
    this.name = name;
    this.folder = folder;
    this.#node = newerNode ? nodeOfPrograms() : process.execPath;
    this.stacks = join(folder, 'stacks');
    const helper = join(import.meta.dirname, 'remove-project.ts');
    // The test process may end before `cleanup` ran (a crash, Ctrl-C): then this removes it all.
    this.#onExit = () => {
      spawnSync(
        process.execPath,
        ['--import', './toolchain/load-typescript.js', helper, name, folder],
        { cwd: repository },
      );
    };
    process.once('exit', this.#onExit);
  }

  /** Makes the folder; removes what runs that were killed left behind more than six hours ago. */
  static async create(options: ProjectOptions = {}): Promise<TestProject> {
    await sweepStale();
    const name = `it-${Math.floor(Date.now() / 1000).toString(36)}-${randomBytes(2).toString('hex')}`;
    const folder = realpathSync(mkdtempSync(join(tmpdir(), `${name}.`)));
    const project = new TestProject(name, folder, options);
    mkdirSync(project.stacks);
    mkdirSync(project.stateFolder);
    const ours = parse(readFileSync(join(repository, 'Pulumi.yaml'), 'utf8')) as object;
    writeFileSync(join(folder, 'Pulumi.yaml'), stringify({ ...ours, name, main: 'main.js' }));
    // The language host starts a program in the folder of its entry, so that lies in the project itself.
    const entry = JSON.stringify(join(repository, 'infra/main.js'));
    writeFileSync(join(folder, 'main.js'), `export { default } from ${entry};\n`);
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    writeFileSync(join(folder, 'passphrase'), `${randomBytes(24).toString('base64url')}\n`, {
      mode: 0o600,
    });
    symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
    return project;
  }

  /** Folder of Pulumi's state files. */
  get stateFolder(): string {
    return join(this.folder, 'state');
  }

  /** Writes `stacks/<stack>.yaml`; returns its path. */
  writeStack(stack: string, content: string | object): string {
    const file = join(this.stacks, `${stack}.yaml`);
    writeFileSync(file, typeof content === 'string' ? content : stringify(content));
    return file;
  }

  /** The environment of a user's shell in this project. */
  env(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${this.stateFolder}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(this.folder, 'passphrase'),
      NO_COLOR: '1',
      ...this.shell,
      ...extra,
    };
    // Set by the test runner; a user's shell has none of them.
    for (const name of Object.keys(env)) {
      if (/^(VITEST|NODE_ENV$|NODE_OPTIONS$|TEST$|PULUMI_CONFIG_PASSPHRASE$)/.test(name)) {
        delete env[name];
      }
    }
    return env;
  }

  /** Starts the real command; `run` is the same with its end awaited. */
  start(args: readonly string[], options: RunOptions = {}) {
    return execa(this.#node, [join(repository, 'bin/medusa-infra.js'), ...args], {
      cwd: this.folder,
      env: this.env(options.env),
      extendEnv: false,
      reject: false,
      ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
      timeout: (options.timeoutSeconds ?? 840) * 1000,
    });
  }

  /** Runs the real command, such as `run(['up', '-s', 'dev', '--yes'])`. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
    const began = Date.now();
    const { exitCode, stdout, stderr } = await this.start(args, options);
    if (!options.unrecorded) this.transcript.push(stdout, stderr);
    return { code: exitCode, stdout, stderr, seconds: (Date.now() - began) / 1000 };
  }

  /** `up --yes` that must succeed; throws with all that was printed otherwise. */
  async up(stack: string, options: RunOptions = {}): Promise<CommandResult> {
    const result = await this.run(['up', '-s', stack, '--yes'], options);
    if (result.code !== 0) {
      throw new Error(`up of ${stack} exited ${result.code}\n${result.stdout}\n${result.stderr}`);
    }
    return result;
  }

  /** Plain `pulumi` in the environment that `medusa-infra pulumi-env` prints. */
  async pulumi(stack: string, args: readonly string[]): Promise<CommandResult> {
    const began = Date.now();
    const script = 'eval "$("$0" "$1" pulumi-env -s "$2")" && shift 2 && exec pulumi "$@"';
    const command = [this.#node, join(repository, 'bin/medusa-infra.js'), stack, ...args];
    const { exitCode, stdout, stderr } = await execa('bash', ['-c', script, ...command], {
      cwd: this.folder,
      env: this.env({ PULUMI_STACK: stack }),
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      timeout: 840_000,
    });
    return { code: exitCode, stdout, stderr, seconds: (Date.now() - began) / 1000 };
  }

  /** Removes everything, kept volumes too; throws when something is still there afterwards. */
  async cleanup(): Promise<void> {
    await removeProject(this.name);
    const left = await leftovers(this.name);
    if (left.length > 0) throw new Error(`${this.name} left behind: ${left.join(', ')}`);
    rmSync(this.folder, { recursive: true, force: true });
    process.off('exit', this.#onExit);
  }
}

/** Whether a name is that of a test project older than six hours: no run lasts that long, not on a busy machine. */
export function isStale(name: string, nowSeconds: number = Date.now() / 1000): boolean {
  const began = nameOf.exec(name)?.[1];
  return began !== undefined && nowSeconds - Number.parseInt(began, 36) > staleAfterSeconds;
}

/** The installed Node where Pulumi takes it: then there is one alone. */
function nodeOfPrograms(): string {
  return findNewerNode({ cache: new PartCache(cacheRoot()) })?.path ?? process.execPath;
}

async function sweepStale(): Promise<void> {
  for (const name of await projectsOnEngine()) if (isStale(name)) await removeProject(name);
  for (const entry of readdirSync(tmpdir())) {
    if (!isStale(entry.split('.')[0] ?? '')) continue;
    const folder = join(tmpdir(), entry);
    // The folder may be shared with other users, who sweep their own.
    const owner = lstatSync(folder, { throwIfNoEntry: false })?.uid;
    if (owner === process.getuid?.()) rmSync(folder, { recursive: true, force: true });
  }
}
