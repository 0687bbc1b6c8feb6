/** What the program is asked for: as JSON on its standard input, or sealed in a variable (sealed.ts). */
export interface AdministratorRequest {
  readonly action: 'create' | 'reset';
  /** File with the store's DATABASE_URL. @default the variable */
  readonly urlFile?: string;
  /** Where Medusa's tables are. */
  readonly schema: string;
  /** In lower case, as Medusa stores and looks up addresses. */
  readonly email: string;
  /** As scrypt-kdf writes it, in base64. */
  readonly passwordHash: string;
  /** Only to create: the rest of the row. */
  readonly id?: string;
  readonly firstName?: string;
  readonly lastName?: string;
}

/**
 * How the program ended: exit codes, since ECS reports those of a task without its log; beyond those that node, a shell or
 * a signal use.
 */
export const ADMINISTRATOR_EXIT = {
  done: 0,
  exists: 81,
  missing: 82,
  sealedOtherwise: 83,
} as const;
