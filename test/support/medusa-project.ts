import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * A jsonwebtoken that checks an HS256 signature and nothing else. The real one stands in the images
 * of the integration tests.
 */
export const VERIFIER = `const { createHmac } = require('node:crypto');
exports.verify = (token, secret, options, callback) => {
  const [header, payload, signature] = token.split('.');
  const good = createHmac('sha256', secret).update(header + '.' + payload).digest('base64url');
  const error = good === signature ? null : new Error('invalid signature');
  const claims = error ? undefined : JSON.parse(Buffer.from(payload, 'base64url'));
  if (callback) return callback(error, claims);
  if (error) throw error;
  return claims;
};`;

const HOISTED = {
  '@medusajs/medusa': '',
  'passport-jwt': '',
  jsonwebtoken: VERIFIER,
} as const;

/**
 * A folder with packages as a package manager lays them out: path below its node_modules (nested ones
 * as `a/node_modules/b`) to the text of the package's index.js.
 */
export function medusaProject(packages: Readonly<Record<string, string>> = HOISTED): string {
  const project = temporaryFolder();
  for (const [path, text] of Object.entries(packages)) {
    const folder = join(project, 'node_modules', path);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"main":"index.js"}');
    writeFileSync(join(folder, 'index.js'), text);
  }
  return project;
}
