import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hostNetwork } from '../../../src/images/host-network.ts';

let folder: string;
let nowhere: { NPM_CONFIG_USERCONFIG: string; NPM_CONFIG_GLOBALCONFIG: string };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'host-network-'));
  nowhere = {
    NPM_CONFIG_USERCONFIG: join(folder, 'user'),
    NPM_CONFIG_GLOBALCONFIG: join(folder, 'global'),
  };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('a host that sets nothing gives nothing', async () => {
  expect(await hostNetwork(nowhere)).toEqual({ proxies: {} });
});

test("the certificate file: Node's first, then npm's, then OpenSSL's; only one that exists", async () => {
  const [node, npm, openssl] = ['node.crt', 'npm.crt', 'ssl.crt'].map((name) => join(folder, name));
  for (const file of [node, npm, openssl]) await writeFile(file as string, 'x');
  await writeFile(nowhere.NPM_CONFIG_USERCONFIG, `cafile = "${npm}"\n`);
  const all = { ...nowhere, NODE_EXTRA_CA_CERTS: node, SSL_CERT_FILE: openssl };
  expect((await hostNetwork(all)).caFile).toBe(node);
  expect((await hostNetwork({ ...all, NODE_EXTRA_CA_CERTS: join(folder, 'none') })).caFile).toBe(
    npm,
  );
  await writeFile(nowhere.NPM_CONFIG_USERCONFIG, '');
  expect((await hostNetwork({ ...nowhere, SSL_CERT_FILE: openssl })).caFile).toBe(openssl);
});

test('the registry: environment, then the user file, then the global one', async () => {
  await writeFile(nowhere.NPM_CONFIG_GLOBALCONFIG, 'registry=https://global.test/\n');
  expect((await hostNetwork(nowhere)).npmRegistry).toBe('https://global.test/');
  await writeFile(
    nowhere.NPM_CONFIG_USERCONFIG,
    '//user.test/:_authToken=abc\nregistry=https://${WHO}.test/\n',
  );
  expect((await hostNetwork({ ...nowhere, WHO: 'user' })).npmRegistry).toBe('https://user.test/');
  expect(
    (await hostNetwork({ ...nowhere, npm_config_registry: 'https://env.test/' })).npmRegistry,
  ).toBe('https://env.test/');
});

test('proxies in either spelling', async () => {
  expect(
    (await hostNetwork({ ...nowhere, HTTPS_PROXY: 'http://p:1', no_proxy: 'localhost' })).proxies,
  ).toEqual({ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'localhost' });
});
