import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

/** PostgreSQL's own default (`scram_iterations`). */
const ITERATIONS = 4096;

/**
 * A password as PostgreSQL stores it (RFC 5803), so that the password itself never reaches the server's
 * log or statistics. The salt follows from the password: the same one gives the same text. Meant for
 * generated ASCII passwords; it does not apply SASLprep.
 */
export function scramVerifier(password: string): string {
  const salt = createHash('sha256').update(`medusa-infra\0${password}`).digest().subarray(0, 16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const serverKey = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
