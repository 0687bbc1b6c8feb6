import { createHash, createHmac, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';

/** 2^15 blocks of 8: 32 MiB and about 0.1 s for each guess. Medusa verifies with what the hash names. */
const COST = { logN: 15, r: 8, p: 1 };
const SALT_BYTES = 32;
const DERIVED_BYTES = 64;

/**
 * A password's hash as the package scrypt-kdf writes it, with which Medusa verifies: the header of an encrypted file of
 * scrypt's own tool, in base64. Source: https://github.com/Tarsnap/scrypt/blob/master/FORMAT
 */
export async function scryptHash(password: string): Promise<string> {
  const { logN, r, p } = COST;
  const parameters = Buffer.alloc(16);
  parameters.write('scrypt');
  parameters.writeUInt8(logN, 7);
  parameters.writeUInt32BE(r, 8);
  parameters.writeUInt32BE(p, 12);
  const salt = randomBytes(SALT_BYTES);
  const options = { N: 2 ** logN, r, p, maxmem: 2 * 128 * r * 2 ** logN };
  const derived = await promisify<string, Buffer, number, typeof options, Buffer>(scrypt)(
    password,
    salt,
    DERIVED_BYTES,
    options,
  );
  const header = Buffer.concat([parameters, salt]);
  const checked = Buffer.concat([
    header,
    createHash('sha256').update(header).digest().subarray(0, 16),
  ]);
  const signature = createHmac('sha256', derived.subarray(DERIVED_BYTES / 2))
    .update(checked)
    .digest();
  return Buffer.concat([checked, signature]).toString('base64');
}
