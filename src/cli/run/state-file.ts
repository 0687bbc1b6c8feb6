import { createDecipheriv, pbkdf2 } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ExportedState } from './stack-state.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * A stack's state in a backend on this machine's disk, read from its file: `pulumi stack export` takes an eighth of a
 * second, and a third with decryption. Each function gives undefined where only Pulumi can tell, which then also reports
 * what is wrong.
 */

/** Folder of the state files. Source: Pulumi's DIY backend, `.pulumi/stacks/<project>/<stack>.json`. */
function stacksFolder(backendFolder: string, project: string): string {
  return join(backendFolder, 'stacks', project);
}

/** Whether the stack has a file there; without one Pulumi may still know it. */
export function hasStateFile(backendFolder: string, project: string, stack: string): boolean {
  return stateFiles(backendFolder, project, stack).length > 0;
}

/** The state with its secrets encrypted. */
export function readStateFile(
  backendFolder: string,
  project: string,
  stack: string,
): ExportedState | undefined {
  const [file, ...others] = stateFiles(backendFolder, project, stack);
  // Compressed, or both: Pulumi decides which one counts.
  if (file === undefined || others.length > 0 || !file.endsWith('.json')) return undefined;
  try {
    const { version, checkpoint } = JSON.parse(
      readFileSync(join(stacksFolder(backendFolder, project), file), 'utf8'),
    ) as { version: number; checkpoint?: { latest?: ExportedState['deployment'] } };
    if (version !== CHECKPOINT_VERSION || !checkpoint) return undefined;
    return { version, ...(checkpoint.latest ? { deployment: checkpoint.latest } : {}) };
  } catch {
    return undefined;
  }
}

/** Of the format that Pulumi 3 writes (`apitype.DeploymentSchemaVersionCurrent`). */
const CHECKPOINT_VERSION = 3;

function stateFiles(backendFolder: string, project: string, stack: string): string[] {
  const wanted = new Set([`${stack}.json`, `${stack}.json.gz`, `${stack}.json.zst`]);
  try {
    return readdirSync(stacksFolder(backendFolder, project)).filter((name) => wanted.has(name));
  } catch {
    return [];
  }
}

/**
 * Removes the attributes of the state's files that a killed `pulumi` left empty, as it did not write them at once:
 * Pulumi then refuses the whole state with "EOF". It does without them, and nothing in them is its own (a content type
 * and a checksum). Source: `setAttrs` and `getAttrs` of gocloud.dev/blob/fileblob.
 */
export function removeDamagedAttributes(
  backendFolder: string,
  project: string,
  stack: string,
): void {
  const folder = stacksFolder(backendFolder, project);
  const files = stateFiles(backendFolder, project, stack).map((name) => join(folder, name));
  for (const file of [join(backendFolder, 'meta.yaml'), ...files]) {
    const attributes = `${file}.attrs`;
    if (isDamaged(attributes)) rmSync(attributes, { force: true });
  }
}

function isDamaged(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, 'utf8'));
    return false;
  } catch (error) {
    return error instanceof SyntaxError;
  }
}

/** Marks an encrypted value in a state. Source: `resource.SigKey` and `resource.SecretSig` of Pulumi's SDK. */
const SIGNATURE_KEY = '4dabf18193072939515e22adb298388d';
const SECRET_SIGNATURE = '1b47061264138c4ac30d75fd1eb44270';

/** Of Pulumi's passphrase provider: sdk/go/common/resource/config/crypt.go. */
const KEY_ROUNDS = 1_000_000;
const KEY_BYTES = 32;
const TAG_BYTES = 16;

/**
 * The state with its secrets decrypted: for this process alone.
 * @param env where the passphrase is found, as Pulumi finds it
 */
export async function decryptState(
  state: ExportedState,
  env: Env,
): Promise<ExportedState | undefined> {
  const provider = (state.deployment as { secrets_providers?: SecretsProvider } | undefined)
    ?.secrets_providers;
  const passphrase = passphraseIn(env);
  const salt = provider?.state?.salt;
  if (provider?.type !== 'passphrase' || salt === undefined || passphrase === undefined) {
    return undefined;
  }
  try {
    // v1:<salt>:v1:<nonce>:<encrypted "pulumi">
    const key = await deriveKey(
      passphrase,
      Buffer.from(salt.split(':')[1] ?? '', 'base64'),
      KEY_ROUNDS,
      KEY_BYTES,
      'sha256',
    );
    return decrypted(state, key) as ExportedState;
  } catch {
    // A wrong passphrase, most of all.
    return undefined;
  }
}

interface SecretsProvider {
  readonly type?: string;
  readonly state?: { readonly salt?: string };
}

const deriveKey = promisify(pbkdf2);

function passphraseIn(env: Env): string | undefined {
  const own = env['PULUMI_CONFIG_PASSPHRASE'];
  // The variable wins, even if it is empty.
  if (own !== undefined) return own;
  const file = env['PULUMI_CONFIG_PASSPHRASE_FILE'];
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function decrypted(value: unknown, key: Buffer): unknown {
  if (Array.isArray(value)) return value.map((item) => decrypted(item, key));
  if (value === null || typeof value !== 'object') return value;
  const entries = value as Readonly<Record<string, unknown>>;
  if (entries[SIGNATURE_KEY] === SECRET_SIGNATURE && typeof entries['ciphertext'] === 'string') {
    return { [SIGNATURE_KEY]: SECRET_SIGNATURE, plaintext: open(entries['ciphertext'], key) };
  }
  return Object.fromEntries(
    Object.entries(entries).map(([name, item]) => [name, decrypted(item, key)]),
  );
}

/** @param text `v1:<nonce>:<data and tag>`, in base64 */
function open(text: string, key: Buffer): string {
  const [, nonce = '', data = ''] = text.split(':');
  const sealed = Buffer.from(data, 'base64');
  const cipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'));
  cipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([cipher.update(sealed.subarray(0, -TAG_BYTES)), cipher.final()]).toString();
}
