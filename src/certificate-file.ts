import { readFileSync } from 'node:fs';

const PRIVATE_KEY = /-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----[\s\S]*?-----END \1-----\r?\n?/g;

/**
 * The text of a PEM file with certificates, without the private keys that some programs keep next to them: they would
 * get into the container, and into the state in plain text.
 */
export function readCertificates(file: string): string {
  return readFileSync(file, 'utf8').replace(PRIVATE_KEY, '');
}
