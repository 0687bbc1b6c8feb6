import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCertificates } from '../../src/certificate-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const block = (label: string, end = '\n') =>
  [`-----BEGIN ${label}-----`, 'TUlJ', 'Qg==', `-----END ${label}-----`, ''].join(end);

function read(content: string): string {
  const file = join(temporaryFolder(), 'ca.pem');
  writeFileSync(file, content);
  return readCertificates(file);
}

test.each(['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'])(
  'a certificate next to a %s is read without it',
  (label) => {
    const certificates = block('CERTIFICATE');
    expect(read(block(label) + certificates)).toBe(certificates);
    expect(read(certificates + block(label) + certificates)).toBe(certificates + certificates);
    expect(read(block(label, '\r\n') + certificates)).toBe(certificates);
  },
);

test('a file of certificates alone stays as it is, comments included', () => {
  const content = `# the first\n${block('CERTIFICATE')}\n# the second\r\n${block('X509 CRL', '\r\n')}${block('TRUSTED CERTIFICATE').trimEnd()}`;
  expect(read(content)).toBe(content);
});
