import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pc from 'picocolors';
import { onTestFinished } from 'vitest';
import type { Context } from '../../../src/cli/context.ts';
import { main } from '../../../src/cli/main.ts';

/** What a command line came to. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A context that collects what is written. */
export function testContext(settings: Partial<Context> = {}) {
  const written = { out: '', err: '' };
  const plain = pc.createColors(false);
  const context: Context = {
    stdout: { write: (text) => (written.out += text), columns: 100 },
    stderr: { write: (text) => (written.err += text), columns: 100 },
    env: { HOME: '/nonexistent', PATH: '' },
    cwd: process.cwd(),
    interactive: false,
    color: { stdout: plain, stderr: plain },
    confirm: async () => {
      throw new Error('nothing may be asked here');
    },
    askSecret: async () => {
      throw new Error('nothing may be asked here');
    },
    readInput: async () => undefined,
    onInterrupt: () => () => {},
    ...settings,
  };
  return { context, written };
}

/** Runs a command line in this process. */
export async function run(args: readonly string[], settings: Partial<Context> = {}): Promise<Ran> {
  const { context, written } = testContext(settings);
  const code = await main(args, context);
  return { code, ...written };
}

/** A folder with these files that is gone after the test. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'medusa-infra-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** The least that a project is made of. */
export const projectFiles = {
  'Pulumi.yaml': 'name: shop # the project\nruntime: nodejs\nstackConfigDir: "stacks"\n',
  'stacks/dev.yaml': 'target: docker\n',
};
