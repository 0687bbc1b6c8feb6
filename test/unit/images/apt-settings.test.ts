import { expect, test } from 'vitest';
import { separateLogins } from '../../../src/images/apt-settings.ts';

test('an address with a password is an argument of the build, and in no file of it', () => {
  const plain = 'Acquire::http::Proxy "http://proxy.test:3128";';
  const timeout = 'Acquire::http::Timeout "30";';
  expect(
    separateLogins([
      plain,
      timeout,
      'Acquire::https::Proxy "http://me:s3cret@proxy.test:3128";',
      'Acquire::https::Proxy::deb.test "http://me:s3cret@other.test:3128";',
    ]),
  ).toEqual({
    kept: [plain, timeout],
    buildArgs: { https_proxy: 'http://me:s3cret@proxy.test:3128' },
  });
});
