import type { Path, Tree } from './tree.ts';
import { printable } from './tree.ts';

const LONGEST_SHOWN = 60;

/** Words in a key after which a value may be a secret. */
const SECRET_WORD =
  /pass|pwd|secret|token|key|credential|auth|dsn|url|uri|jwt|cookie|salt|private|cert|connection/i;

/** Keys of a secret's description, whose small numbers say nothing about its value. */
const HARMLESS = new Set(['length', 'version', 'keep']);

/**
 * What was found, for a message: the value itself, or only its kind where it may be a secret or is
 * too long to help.
 */
export function describeFound(tree: Tree | undefined, path: Path): string {
  if (tree === undefined) return 'nothing';
  if (tree.kind === 'list') return tree.items.length === 0 ? 'an empty list' : 'a list';
  if (tree.kind === 'map') return tree.entries.size === 0 ? 'an empty map' : 'a map';
  if (tree.value === null) return 'nothing';
  if (tree.value === '') return 'an empty text';
  if (mayBeSecret(path, tree.text, tree.value)) return kindOf(tree.value);
  if (typeof tree.value !== 'string') return tree.text;
  const { text } = tree;
  return printable(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
}

/** Forms that only secrets have: Medusa's default, keys of well-known vendors, private keys. */
export const KNOWN_SECRET =
  /^supersecret$|^(sk|rk)_(live|test)_|^AKIA[A-Z0-9]{16}$|^gh[pousr]_\w{20,}|^github_pat_|^xox[abprs]-|^SG\.[\w-]{16,}\.|-----BEGIN [A-Z ]*PRIVATE KEY/;

/** Whether a text looks like a secret, or like a URL with one; rather once too often. */
export function hasSecretForm(text: string): boolean {
  return (
    KNOWN_SECRET.test(text) ||
    /:\/\/[^/\s]*@|[^\s/:@]+:[^\s/@]+@/.test(text) ||
    /-----BEGIN|[A-Za-z0-9+/_-]{32,}/.test(text)
  );
}

function kindOf(value: string | number | boolean): string {
  if (typeof value === 'string') return 'a text';
  return typeof value === 'number' ? 'a number' : 'true or false';
}

/** Whether the value at a path may be a secret, or hold one. */
export function mayBeSecret(path: Path, text: string, value: unknown = text): boolean {
  const keys = path.filter((step): step is string => typeof step === 'string');
  if (keys[0] === 'secrets') {
    return !(HARMLESS.has(keys[2] ?? '') && typeof value === 'number' && text.length <= 6);
  }
  const free =
    (keys[0] === 'backend' && (keys[1] === 'env' || keys[2] === 'args')) ||
    (keys[0] === 'database' && keys[1] === 'extra') ||
    keys.includes('options');
  if (free) return true;
  if (hasSecretForm(text)) return true;
  return keys.some((key) => SECRET_WORD.test(key));
}
