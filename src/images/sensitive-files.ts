import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContextFile } from './context-files.ts';

/** Kinds of files that hold secrets, by their name and, where that says too little, their text. */
const kinds: readonly { readonly name: RegExp; readonly text?: RegExp }[] = [
  { name: /^\.env(?!\.(template|example|sample|dist)$)(\..+)?$/ },
  // A token by variable is none in the file.
  { name: /^\.(npmrc|yarnrc)$/, text: /:?_(authToken|auth|password)\s*=\s*(?!["']?\$\{)\S/ },
  { name: /^id_(rsa|dsa|ecdsa|ed25519)$|\.(pem|key)$/, text: /PRIVATE KEY-----/ },
];

/**
 * Lines that a `.dockerignore` lacks: files of a build context that hold secrets, and `.git` with all that was
 * ever committed. What the user's own `.dockerignore` includes by name, with `!`, is what he wants.
 */
export async function missingIgnoreLines(
  folder: string,
  files: readonly ContextFile[],
): Promise<string[]> {
  const included = await includedByName(folder);
  const lines = new Set<string>();
  for (const { path } of files) {
    if (included.has(path)) continue;
    if (/(^|\/)\.git\//.test(path)) {
      lines.add(path.slice(0, path.lastIndexOf('.git/') + '.git'.length));
    } else if (await holdsSecret(folder, path)) {
      lines.add(path);
    }
  }
  return [...lines];
}

async function holdsSecret(folder: string, path: string): Promise<boolean> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const kind = kinds.find((one) => one.name.test(name));
  if (kind === undefined) return false;
  return kind.text === undefined || kind.text.test(await textOf(join(folder, path)));
}

/** A link that leads nowhere holds nothing. */
function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

async function includedByName(folder: string): Promise<ReadonlySet<string>> {
  const rules = await textOf(join(folder, '.dockerignore'));
  return new Set(
    rules
      .split(/\r?\n/)
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1).trim().replace(/^\/+/, '')),
  );
}
