import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pulumiHome } from '../../../toolchain/pulumi-home.ts';
import { UserError } from '../../errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where Pulumi keeps a project's state, and the variables with which Pulumi finds it. */
export interface StateSettings {
  /** Variables to add to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** URL of the backend in use; undefined if only an access token selects Pulumi's cloud. */
  readonly backend?: string;
  /** What selected it. */
  readonly chosenBy: 'PULUMI_BACKEND_URL' | 'login' | 'token' | 'default';
  /** File of the generated passphrase, if that is in use. */
  readonly passphraseFile?: string;
}

/**
 * Respects, in this order: PULUMI_BACKEND_URL, the backend of `pulumi login`, an access token of Pulumi's
 * cloud. Otherwise the state is in Pulumi's folder on this machine, with a generated passphrase in a file
 * next to it (created here if missing, readable only by its owner), unless the user set one.
 * @param encrypted files of the project that are already encrypted with a passphrase
 * @throws UserError if the passphrase file is missing and one of those files needs it
 */
export function stateSettings(env: Env, encrypted: readonly string[] = []): StateSettings {
  const { backend, chosenBy } = chosenBackend(env);
  const added: Record<string, string> = backend?.startsWith(DISK)
    ? { PULUMI_BACKEND_URL: withoutAttributes(backend) }
    : {};
  const ownPassphrase =
    env['PULUMI_CONFIG_PASSPHRASE'] !== undefined ||
    env['PULUMI_CONFIG_PASSPHRASE_FILE'] !== undefined;
  // Pulumi's cloud encrypts by itself: a passphrase of this machine would only interfere.
  const cloud = chosenBy === 'token' || /^https?:/.test(backend ?? '');
  if (ownPassphrase || cloud) return { env: added, chosenBy, ...(backend ? { backend } : {}) };
  const wanted = join(pulumiHome(env), 'medusa-infra', 'passphrase');
  const size = statSync(wanted, { throwIfNoEntry: false })?.size;
  if (encrypted.length > 0 && !size) throw lostPassphrase(wanted, size, encrypted);
  if (size === 0) {
    const message = `${wanted} is empty, so nothing can be encrypted with it; remove the file, and the next run makes a new passphrase`;
    throw new UserError(message, 'passphrase-missing');
  }
  const passphraseFile = ensurePassphraseFile(wanted);
  added['PULUMI_CONFIG_PASSPHRASE_FILE'] = passphraseFile;
  return { env: added, chosenBy, passphraseFile, ...(backend ? { backend } : {}) };
}

/** Begins the URL of a backend on this machine's disk. */
const DISK = 'file://';

/**
 * Pulumi keeps attributes next to each file of its state, in a file that it does not use and that is empty
 * for a moment: if it is killed then, or another run reads it then, the whole state is not readable ("EOF").
 * Source: gocloud.dev/blob/fileblob, `metadata=skip`.
 */
function withoutAttributes(backend: string): string {
  if (/[?&]metadata=/.test(backend)) return backend;
  return `${backend}${backend.includes('?') ? '&' : '?'}metadata=skip`;
}

/** A new passphrase would decrypt nothing, and hide that the old one is missing. */
function lostPassphrase(
  file: string,
  size: number | undefined,
  encrypted: readonly string[],
): UserError {
  const lost =
    size === 0
      ? 'is empty: it lacks the passphrase of'
      : 'is missing, and with it the passphrase of';
  return new UserError(
    `${file} ${lost} ${encrypted.join(', ')}; restore the file from a backup or another machine, or set PULUMI_CONFIG_PASSPHRASE_FILE to it; if the stacks are gone for good, remove these files`,
    'passphrase-missing',
  );
}

/** The backend alone; creates nothing. */
export function chosenBackend(env: Env): Pick<StateSettings, 'backend' | 'chosenBy'> {
  const fromEnv = env['PULUMI_BACKEND_URL'];
  if (fromEnv) return { backend: fromEnv, chosenBy: 'PULUMI_BACKEND_URL' };
  const current = currentLogin(env);
  if (current) return { backend: current, chosenBy: 'login' };
  if (env['PULUMI_ACCESS_TOKEN']) return { chosenBy: 'token' };
  // `file://~` is the home folder; if Pulumi's folder is elsewhere, so is the state.
  const home = env['PULUMI_HOME'];
  return { backend: home ? `file://${resolve(home)}` : 'file://~', chosenBy: 'default' };
}

/** The backend that `pulumi login` chose. Source: `current` of Pulumi's credentials.json. */
function currentLogin(env: Env): string | undefined {
  const file = join(env['PULUMI_CREDENTIALS_PATH'] || pulumiHome(env), 'credentials.json');
  if (!existsSync(file)) return undefined;
  try {
    const { current } = JSON.parse(readFileSync(file, 'utf8')) as { current?: string };
    return current || undefined;
  } catch {
    throw new UserError(
      `${file} is not valid JSON; log in again: pulumi login`,
      'pulumi-file-invalid',
    );
  }
}

/**
 * Creates the passphrase file unless it exists. It appears whole or not at all, so two first runs at the same
 * time end up with the same passphrase.
 */
export function ensurePassphraseFile(file: string): string {
  if (existsSync(file)) return file;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  // On the disk before anything is encrypted with it: after a power failure an empty file would be the loss of it all.
  const passphrase = randomBytes(32).toString('base64url');
  writeFileSync(temporary, passphrase, { mode: 0o600, flag: 'wx', flush: true });
  chmodSync(temporary, 0o600);
  try {
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  return file;
}

/** Folder of a backend on this machine's disk; undefined for any other backend. */
export function backendFolder(backend: string | undefined, env: Env): string | undefined {
  if (!backend?.startsWith(DISK)) return undefined;
  const path = backend.slice(DISK.length).split('?')[0] ?? '';
  const home = env['HOME'] || homedir();
  const folder = path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : resolve(path);
  return join(folder, '.pulumi');
}
