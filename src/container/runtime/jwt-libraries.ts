import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signToken } from '../tokens.ts';
import { type EarlierSecrets, LONGEST_LIFE, signingSecret } from './signing-secret.ts';

/**
 * Medusa v1 verifies tokens with one secret. All of its verifiers (the bearer strategies of
 * passport-jwt, invites, claims of orders) call `verify` of jsonwebtoken as a property of the module,
 * so that the module itself is the one place where earlier secrets reach all of them.
 */

type Verify = (
  token: unknown,
  secret: unknown,
  ...rest: unknown[]
) => { readonly probe?: unknown } | undefined;
interface JsonWebToken {
  verify: Verify & { [EARLIER]?: Map<unknown, EarlierSecrets> };
}

/** Current secret -> earlier ones; on the wrapped function, for a second copy of this runtime too. */
const EARLIER: unique symbol = Symbol.for('medusa-infra.earlier-tokens');

const PROBE = { probe: true };
/** Milliseconds that trying one may take. */
const PROBE_MARGIN = 60_000;

/** Where Medusa is looked for: the working folder, as its command does, then the folder of this file. */
export function projectFolders(): string[] {
  // Bundled as CommonJS, `import.meta` is empty.
  const file = import.meta.url ? fileURLToPath(import.meta.url) : __filename;
  return [process.cwd(), dirname(file)];
}

/**
 * Files of every jsonwebtoken that Medusa, its bearer strategies, the project or one of the plugins
 * loads: package managers may install several. Undefined when Medusa or its verifiers' are not found.
 */
export function findLibraries(
  folders: readonly string[],
  plugins: readonly string[],
): readonly string[] | undefined {
  const libraries = new Set<string>();
  let found = false;
  for (const folder of folders) {
    const project = join(folder, 'package.json');
    const medusa = resolveFrom(project, '@medusajs/medusa/package.json');
    const strategy = medusa && resolveFrom(medusa, 'passport-jwt');
    const needed = [medusa, strategy].map((user) => user && resolveFrom(user, 'jsonwebtoken'));
    if (needed.includes(undefined)) continue;
    found = true;
    const users = [project, ...plugins.map((name) => resolveFrom(project, `${name}/package.json`))];
    const others = users.map((user) => user && resolveFrom(user, 'jsonwebtoken'));
    for (const file of [...needed, ...others]) if (file) libraries.add(file);
  }
  return found ? [...libraries] : undefined;
}

/**
 * From now on a token that one of the earlier secrets signed verifies wherever `current` is asked for, if it can be
 * from that secret's time.
 *
 * @param libraries of {@link findLibraries}
 * @returns the library that still refuses such a token, if any
 */
export function acceptEarlier(
  libraries: readonly string[],
  current: string,
  earlier: EarlierSecrets,
): string | undefined {
  const load = createRequire(join(process.cwd(), 'package.json'));
  return libraries.find((file) => {
    try {
      const library: JsonWebToken = load(file);
      wrap(library, current, earlier);
      // Tried at once: a library that changed must not break the promise silently.
      return !probes(earlier).every((token) => library.verify(token, current)?.probe);
    } catch {
      return true;
    }
  });
}

/** A token of each secret that is to be accepted; none where the time of all such tokens has passed. */
function probes({ secrets, until }: EarlierSecrets): string[] {
  const issuedAt = Math.min(Date.now(), until ?? Number.POSITIVE_INFINITY);
  if (Date.now() > issuedAt + LONGEST_LIFE - PROBE_MARGIN) return [];
  return secrets.map((secret) => signToken(PROBE, secret, { issuedAt }));
}

function wrap(library: JsonWebToken, current: string, secrets: EarlierSecrets): void {
  const { verify } = library;
  const known = verify[EARLIER];
  if (known) {
    known.set(current, secrets);
    return;
  }
  const earlier = new Map<unknown, EarlierSecrets>([[current, secrets]]);
  const wrapped: Verify = (token, secret, ...rest) => {
    const others = earlier.get(secret);
    return verify(token, others ? signingSecret(token, String(secret), others) : secret, ...rest);
  };
  library.verify = Object.assign(wrapped, verify, { [EARLIER]: earlier });
}

function resolveFrom(file: string, name: string): string | undefined {
  try {
    return createRequire(file).resolve(name);
  } catch {
    return undefined;
  }
}
