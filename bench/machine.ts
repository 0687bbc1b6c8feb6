import { cpus, loadavg, release, totalmem } from 'node:os';

/** What figures depend on, whatever is measured. */
export interface Machine {
  readonly date: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGib: number;
  /** Processes that ran or wanted to, on average of the minute before anything of the bench ran. */
  readonly loadBefore: number;
  readonly linux: string;
}

/** Facts of this machine, to be asked before anything of the bench runs. */
export function machineFacts(): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: cpus().length,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    loadBefore: loadavg()[0] ?? 0,
    linux: release(),
  };
}

/** For under a table; without a full stop. */
export function machineText(machine: Machine): string {
  return (
    `${machine.date}, ${machine.cores} cores (${machine.processor}), ${machine.memoryGib} GiB of memory, ` +
    `load average before ${machine.loadBefore.toFixed(1)}; Linux ${machine.linux}`
  );
}
