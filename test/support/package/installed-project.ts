import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { execa } from 'execa';
import { type CommandResult, TestProject } from '../project.ts';
import { install, type Manager } from './managers.ts';

export type ModuleKind = 'commonjs' | 'module';

const { version: SDK } = createRequire(import.meta.url)('@pulumi/pulumi/package.json') as {
  version: string;
};

/** What `main` of Pulumi.yaml names: one line. */
const ENTRIES: Readonly<Record<ModuleKind, string>> = {
  commonjs: "module.exports = require('medusa-infra/program');\n",
  module: "export { default } from 'medusa-infra/program';\n",
};

/** A user's project outside the repository with the package installed from its tarball. */
export class InstalledProject {
  readonly project: TestProject;

  private constructor(project: TestProject) {
    this.project = project;
  }

  static async create(manager: Manager, tarball: string): Promise<InstalledProject> {
    const project = await TestProject.create();
    const installed = new InstalledProject(project);
    // In place of the repository's packages, which a test project borrows.
    rmSync(join(project.folder, 'node_modules'));
    installed.#manifest('commonjs', tarball);
    await install(manager, project.folder);
    return installed;
  }

  /** Makes it a project of CommonJS or of ES modules. */
  setKind(kind: ModuleKind): void {
    this.#manifest(kind);
    writeFileSync(join(this.project.folder, 'main.js'), ENTRIES[kind]);
  }

  /** Runs the installed command. */
  run(args: readonly string[]): Promise<CommandResult> {
    return this.#execute(join(this.project.folder, 'node_modules/.bin/medusa-infra'), args);
  }

  /** Runs a script as a file of the project; its standard output. */
  async evaluate(script: string): Promise<string> {
    const file = join(this.project.folder, 'script.js');
    writeFileSync(file, script);
    const { code, stdout, stderr } = await this.#execute(process.execPath, [file]);
    if (code !== 0) throw new Error(`exit code ${code}\n${stdout}\n${stderr}`);
    return stdout;
  }

  #manifest(type: ModuleKind, tarball?: string): void {
    mkdirSync(this.project.folder, { recursive: true });
    const dependencies = tarball
      ? // Pulumi looks for its SDK in the project, where pnpm puts only what the project names.
        { '@pulumi/pulumi': SDK, 'medusa-infra': `file:${tarball}` }
      : {};
    writeFileSync(
      join(this.project.folder, 'package.json'),
      JSON.stringify({ name: 'shop', version: '1.0.0', private: true, type, dependencies }),
    );
  }

  async #execute(program: string, args: readonly string[]): Promise<CommandResult> {
    const began = Date.now();
    const { exitCode, stdout, stderr } = await execa(program, [...args], {
      cwd: this.project.folder,
      env: this.project.env(),
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      timeout: 600_000,
    });
    return { code: exitCode, stdout, stderr, seconds: (Date.now() - began) / 1000 };
  }
}
