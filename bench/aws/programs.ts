import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import { awsConfig } from '../../src/aws/config.ts';
import { Moto } from '../../test/support/moto/moto.ts';
import { repository } from '../../test/support/project.ts';
import { recordStack } from '../../test/support/unit/recorded-stack.ts';
import { ensureToolchain } from '../../toolchain/ensure.ts';
import { say } from '../report.ts';
import { bareProgram } from './bare-program.ts';

/** The programs that are compared; all of them make the resources of `stacks/prod.yaml`. */
export type ProgramName = 'kit' | 'modules' | 'whole';

const PROJECT = 'shop';
/** The kit takes its stack file by the stack's name. */
const STACKS = { kit: 'prod', docker: 'dev', modules: 'modules', whole: 'whole' } as const;
const HAND_WRITTEN = {
  modules: { entry: 'index.js', manifest: { private: true, type: 'module' } },
  whole: { entry: 'index.ts', manifest: { private: true } },
} as const;

export interface PulumiOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Of the program's process, after those that the kit sets for its own. */
  readonly nodeOptions?: string;
}

/** The three programs, each a separate Pulumi project, and an empty account for them. */
export class Programs {
  readonly #folder: string;
  readonly #moto: Moto;
  #env: NodeJS.ProcessEnv = {};

  private constructor(folder: string, moto: Moto) {
    this.#folder = folder;
    this.#moto = moto;
  }

  static async create(): Promise<Programs> {
    const moto = await Moto.start({ region: 'eu-central-1' });
    const programs = new Programs(mkdtempSync(join(tmpdir(), 'mi-bench-aws-')), moto);
    try {
      await moto.createZone('example.com');
      await programs.#write();
    } catch (error) {
      await programs.close();
      throw error;
    }
    return programs;
  }

  /** Runs `pulumi` for a program's stack; throws with what it printed where it fails. */
  async pulumi(
    name: ProgramName | 'docker',
    args: readonly string[],
    options: PulumiOptions = {},
  ): Promise<string> {
    const ours = name in HAND_WRITTEN ? undefined : this.#env['NODE_OPTIONS'];
    const nodeOptions = [ours, options.nodeOptions].filter(Boolean).join(' ');
    const { stdout, stderr, exitCode } = await execa(
      'pulumi',
      [...args, '--non-interactive', '--stack', `organization/${PROJECT}/${STACKS[name]}`],
      {
        cwd: join(this.#folder, name === 'docker' ? 'kit' : name),
        env: { ...this.#env, ...options.env, NODE_OPTIONS: nodeOptions },
        extendEnv: false,
        input: options.input ?? '',
        reject: false,
      },
    );
    if (exitCode !== 0) throw new Error(`${name}: pulumi ${args.join(' ')}\n${stdout}\n${stderr}`);
    return stdout;
  }

  async close(): Promise<void> {
    await this.#moto.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #write(): Promise<void> {
    const config = this.#moto.config;
    const toolchain = await ensureToolchain({ log: say, extra: ['plugin-aws'] });
    this.#env = {
      ...process.env,
      ...this.#moto.shell,
      ...toolchain.env,
      PULUMI_BACKEND_URL: `file://${this.#folder}/state`,
      PULUMI_CONFIG_PASSPHRASE: 'of a bench',
      PULUMI_SKIP_UPDATE_CHECK: 'true',
    };
    mkdirSync(join(this.#folder, 'state'));
    this.#writeKit(config);
    const prod = join(repository, 'stacks/prod.yaml');
    const resources = await recordStack(prod, awsConfig(config));
    for (const style of ['modules', 'whole'] as const) {
      const { entry, manifest } = HAND_WRITTEN[style];
      const folder = this.#project(style, { name: PROJECT, runtime: 'nodejs', main: entry });
      writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
      writeFileSync(join(folder, entry), bareProgram(resources, style));
      if (style === 'whole') writeFileSync(join(folder, 'tsconfig.json'), TSCONFIG);
    }
    for (const name of ['kit', 'docker', 'modules', 'whole'] as const) {
      // `pulumi stack init` takes the name as a separate argument.
      await this.pulumi(name, ['stack', 'select', '--create']);
    }
    // Into Pulumi.prod.yaml, where the endpoints are already.
    await this.pulumi('kit', ['config', 'set', '--secret', 'stripeApiKey'], { input: 'sk_bench' });
  }

  #writeKit(config: Readonly<Record<string, string>>): void {
    const ours = parse(readFileSync(join(repository, 'Pulumi.yaml'), 'utf8')) as object;
    const folder = this.#project('kit', { ...ours, name: PROJECT, main: 'main.js' });
    const entry = JSON.stringify(join(repository, 'infra/main.js'));
    writeFileSync(join(folder, 'main.js'), `export { default } from ${entry};\n`);
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    mkdirSync(join(folder, 'stacks'));
    for (const file of ['base.yaml', 'prod.yaml']) {
      cpSync(join(repository, 'stacks', file), join(folder, 'stacks', file));
    }
    writeFileSync(join(folder, 'stacks', `${STACKS.docker}.yaml`), DOCKER);
    writeFileSync(join(folder, 'stacks', `Pulumi.${STACKS.kit}.yaml`), stringify({ config }));
  }

  #project(name: ProgramName, settings: object): string {
    const folder = join(this.#folder, name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'Pulumi.yaml'), stringify(settings));
    symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
    return folder;
  }
}

/** The smallest that needs the provider of target docker. */
const DOCKER = stringify({
  target: 'docker',
  backend: { image: { build: join(repository, 'backend') } },
});

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    strict: true,
    target: 'es2022',
    module: 'commonjs',
    moduleResolution: 'node',
    skipLibCheck: true,
  },
});
