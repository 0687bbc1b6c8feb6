import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stack } from '@pulumi/pulumi/automation/index.js';

/** A state as `pulumi stack export` writes it. */
export interface SealedState<D> {
  readonly version: number;
  readonly deployment: D;
}

/** The state of a stack, with its secrets encrypted as they are stored. */
export async function exportSealed<D>(stack: Stack): Promise<SealedState<D>> {
  return JSON.parse(await pulumi(stack, ['export'])) as SealedState<D>;
}

/**
 * Puts such a state in place of the stack's. Automation's own `importStack` takes a decrypted one, by
 * way of a file for everybody to read, and leaves that behind when it fails or is killed.
 * @throws CommandError where Pulumi refuses the state
 */
export async function importSealed<D>(stack: Stack, state: SealedState<D>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'medusa-infra-state-'));
  try {
    const file = join(folder, 'state.json');
    writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
    await pulumi(stack, ['import', '--file', file]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What Automation's declarations hide. */
interface Runner {
  run(args: string[], cwd: string, env: object): Promise<{ readonly stdout: string }>;
}

async function pulumi({ name, workspace }: Stack, args: readonly string[]): Promise<string> {
  const { pulumiCommand, workDir, envVars } = workspace;
  const runner = pulumiCommand as unknown as Runner;
  return (await runner.run(['stack', ...args, '--stack', name], workDir, envVars)).stdout;
}
