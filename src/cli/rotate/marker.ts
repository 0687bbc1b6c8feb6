import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pulumiHome } from '../../../toolchain/pulumi-home.ts';
import { backendFolder, chosenBackend } from '../run/state.ts';

/** Rotations that were begun and are not proven yet: the version of each secret that they end with. */
export type Pending = Readonly<Record<string, number>>;

/**
 * Where a rotation in progress is noted: next to Pulumi's state if that is on this disk, in Pulumi's own
 * folder otherwise; outside the repository in any case. The engine reports replicas that run with another
 * version than the file's, which is most of what was interrupted; it cannot show that only the proof is
 * missing.
 */
export class RotationMarker {
  readonly #file: string;

  constructor(env: NodeJS.ProcessEnv, project: string, stack: string) {
    const backend = chosenBackend(env).backend ?? 'cloud';
    const id = createHash('sha256').update(`${backend}\0${project}\0${stack}`).digest('hex');
    const folder = backendFolder(backend, env) ?? pulumiHome(env);
    this.#file = join(folder, 'medusa-infra', 'rotations', `${stack}-${id.slice(0, 16)}.json`);
  }

  read(): Pending {
    if (!existsSync(this.#file)) return {};
    try {
      const found: unknown = JSON.parse(readFileSync(this.#file, 'utf8'));
      return found !== null && typeof found === 'object' ? (found as Pending) : {};
    } catch {
      // Half a note is none: the engine reports the rest.
      return {};
    }
  }

  /** Before the stack file is edited. A version that the file does not have is no note of it. */
  write(pending: Pending): void {
    if (Object.keys(pending).length === 0) {
      rmSync(this.#file, { force: true });
      return;
    }
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    const temporary = `${this.#file}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify(pending), { mode: 0o600 });
    renameSync(temporary, this.#file);
  }
}
