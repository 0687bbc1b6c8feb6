import { readFileSync } from 'node:fs';
import { docker } from '../../test/support/engine.ts';
import { storeFolder } from '../../test/support/stacks.ts';
import { type Machine, machineText } from '../machine.ts';
import type { BenchStack } from './bench-stack.ts';

/** The machine and the versions of all that runs in the stack. */
export interface StackMachine extends Machine {
  readonly docker: string;
  readonly node: string;
  readonly medusa: string;
  readonly postgres: string;
  readonly redis: string;
  readonly caddy: string;
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
export function stackMachineText(machine: StackMachine): string {
  return (
    `${machineText(machine)}, Docker ${machine.docker}, ` +
    `Medusa ${machine.medusa} on Node.js ${machine.node}, PostgreSQL ${machine.postgres}, ` +
    `Redis ${machine.redis}, Caddy ${machine.caddy}.`
  );
}
