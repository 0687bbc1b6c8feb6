import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { docker } from '../../test/support/engine.ts';
import { storeFolder } from '../../test/support/stacks.ts';
import type { BenchStack } from './bench-stack.ts';

/** What figures depend on: the machine and the versions of all that runs. */
export interface Machine {
  readonly date: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGib: number;
  /** Processes that ran or wanted to, on average of the minute before the stack came up. */
  readonly loadBefore: number;
  readonly linux: string;
  readonly docker: string;
  readonly node: string;
  readonly medusa: string;
  readonly postgres: string;
  readonly redis: string;
  readonly caddy: string;
}

/** Facts of this machine, before anything of the bench runs. */
export function machineFacts() {
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: cpus().length,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    loadBefore: loadavg()[0] ?? 0,
    linux: release(),
  };
}

/** Versions of what runs in the stack. */
export async function versions(stack: BenchStack) {
  const store = JSON.parse(readFileSync(`${storeFolder}/package.json`, 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const number = (text: string) => /\d+(\.\d+)+/.exec(text)?.[0] ?? text;
  return {
    docker: (await docker.version()).Version,
    node: number(await stack.inside('backend', ['node', '--version'])),
    medusa: store.dependencies['@medusajs/medusa'] ?? 'unknown',
    postgres: number(await stack.inside('database', ['postgres', '--version'])),
    redis: number(await stack.inside('redis', ['redis-server', '--version'])),
    caddy: number(await stack.inside('edge', ['caddy', 'version'])),
  };
}

/** One sentence for under the table. */
export function machineText(machine: Machine): string {
  return (
    `${machine.date}, ${machine.cores} cores (${machine.processor}), ${machine.memoryGib} GiB of memory, ` +
    `load average before ${machine.loadBefore.toFixed(1)}; Linux ${machine.linux}, Docker ${machine.docker}, ` +
    `Medusa ${machine.medusa} on Node.js ${machine.node}, PostgreSQL ${machine.postgres}, ` +
    `Redis ${machine.redis}, Caddy ${machine.caddy}.`
  );
}
