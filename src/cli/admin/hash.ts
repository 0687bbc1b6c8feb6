import * as scryptKdf from 'scrypt-kdf';

/** The package exports a class with these functions as its default, which its declarations lack. */
const { default: scrypt } = scryptKdf as unknown as { readonly default: typeof scryptKdf };

/** 2^15 blocks of 8: 32 MiB and about 0.1 s for each guess. Medusa verifies with what the hash names. */
const COST = { logN: 15, r: 8, p: 1 };

/** A password's hash as Medusa stores it: scrypt-kdf's, in base64. */
export async function scryptHash(password: string): Promise<string> {
  return Buffer.from(await scrypt.kdf(password, COST)).toString('base64');
}
