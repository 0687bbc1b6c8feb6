import type { AdministratorRequest } from '../../container/administrator/request.ts';

/** How the program of src/container/administrator ended. */
export interface ProgramEnd {
  readonly exitCode: number;
  /** What it wrote to standard error; no value. */
  readonly said: string;
}

/** A running store, which takes an administrator. */
export interface Store {
  run(request: AdministratorRequest): Promise<ProgramEnd>;
}
