import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetHolders, noteHolder } from './lock-holder.ts';
import type { PulumiCommand } from './pulumi-command.ts';
import { pruneRecords } from './records.ts';
import type { ExportedState, State } from './stack-state.ts';
import { decryptState, readStateFile } from './state-file.ts';

/** Where a stack and its state are. */
export interface StackPlace {
  readonly project: string;
  readonly pulumi: PulumiCommand;
  /** Folder of the backend, if that is on this machine's disk. */
  readonly backendFolder?: string | undefined;
  /** With the passphrase's variable. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A stack that Pulumi knows. */
export class PulumiStack {
  readonly name: string;
  readonly #place: StackPlace;

  constructor(name: string, place: StackPlace) {
    this.name = name;
    this.#place = place;
  }

  /** Runs `pulumi ... --stack <name>` and returns its standard output. */
  run(...[args, ...rest]: Parameters<PulumiCommand['run']>): Promise<string> {
    return this.#place.pulumi.run([...args, '--stack', this.name], ...rest);
  }

  /** The same for an update, which locks the stack: notes meanwhile where it runs (see lock-holder.ts). */
  async update(
    args: readonly string[],
    variables: Readonly<Record<string, string>>,
  ): Promise<string> {
    const { backendFolder, project } = this.#place;
    let forget = () => {};
    const started = (pid: number) => {
      if (backendFolder) forget = noteHolder(backendFolder, project, this.name, pid);
    };
    try {
      return await this.run(args, variables, started);
    } finally {
      forget();
    }
  }

  /** The state, with its secrets encrypted as they are stored. */
  async exportState(): Promise<ExportedState> {
    const { backendFolder, project } = this.#place;
    const read = backendFolder && readStateFile(backendFolder, project, this.name);
    return read || (JSON.parse(await this.run(['stack', 'export'])) as ExportedState);
  }

  /** The state, with its secrets decrypted: for this process alone. */
  async state(): Promise<State> {
    const { env } = this.#place;
    const decrypted =
      (await decryptState(await this.exportState(), env)) ??
      (JSON.parse(await this.run(['stack', 'export', '--show-secrets'])) as ExportedState);
    return decrypted.deployment ?? {};
  }

  /**
   * Puts such a state in place of the stack's. Its secrets stay encrypted: a decrypted one would lie in a file for a
   * moment.
   * @throws PulumiFailed where Pulumi refuses the state
   */
  async importState(state: ExportedState): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'medusa-infra-state-'));
    try {
      const file = join(folder, 'state.json');
      writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
      await this.run(['stack', 'import', '--file', file]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Removes Pulumi's records of updates long ago, where they lie on this machine's disk. */
  pruneRecords(): void {
    const { backendFolder, project } = this.#place;
    if (backendFolder) pruneRecords(backendFolder, project, this.name);
  }

  /** Takes away the lock of an update. */
  async cancel(): Promise<void> {
    const { pulumi, backendFolder, project } = this.#place;
    await pulumi.run(['cancel', '--yes', this.name]);
    if (backendFolder) forgetHolders(backendFolder, project, this.name);
  }

  /** Removes the stack, whatever its state still has. */
  async remove({ keepConfig }: { readonly keepConfig: boolean }): Promise<void> {
    const keep = keepConfig ? ['--preserve-config'] : [];
    await this.#place.pulumi.run(['stack', 'rm', '--yes', '--force', ...keep, this.name]);
  }

  /** The stack's and the project's configuration, decrypted. */
  async config(): Promise<Readonly<Record<string, string>>> {
    const all = JSON.parse(await this.run(['config', '--show-secrets', '--json'])) as Readonly<
      Record<string, { readonly value?: string }>
    >;
    return Object.fromEntries(Object.entries(all).map(([key, { value = '' }]) => [key, value]));
  }
}
