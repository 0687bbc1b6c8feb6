import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { engineHosts, engineOptions, engineVersion } from '../../../toolchain/engine.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function engine(status: number, body: string): Promise<string> {
  const socket = path.join(temporaryFolder(), 'docker.sock');
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/version' ? status : 404).end(body);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => {
    server.close();
  });
  return `unix://${socket}`;
}

test('an engine is one that reports its version', async () => {
  expect(await engineVersion(await engine(200, '{"Version":"20.10.24"}'))).toBe('20.10.24');
  expect(await engineVersion(await engine(500, '{"message":"starting"}'))).toBeUndefined();
  expect(await engineVersion(await engine(200, 'hello'))).toBeUndefined();
  expect(await engineVersion('unix:///nowhere/docker.sock')).toBeUndefined();
});

test('a host that the user chose is the only one asked', () => {
  expect(engineHosts({ DOCKER_HOST: 'tcp://10.0.0.1:2376', HOME: '/h' })).toEqual([
    'tcp://10.0.0.1:2376',
  ]);
});

test("otherwise the system's socket comes before those of a user's engine", () => {
  expect(engineHosts({ HOME: '/h', XDG_RUNTIME_DIR: '/run/user/7' })).toEqual([
    'unix:///var/run/docker.sock',
    'unix:///run/user/7/docker.sock',
    'unix:///h/.docker/run/docker.sock',
    'unix:///h/.colima/default/docker.sock',
  ]);
});

test('settings of the docker command that are not valid JSON are named', () => {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'config.json'), '{ broken');
  expect(() => engineHosts({ DOCKER_CONFIG: folder })).toThrow(
    `${folder}/config.json is not valid JSON; fix it, or remove it and log in again: docker login`,
  );
});

test('the Docker context in use is respected', () => {
  const home = temporaryFolder();
  const meta = path.join(
    home,
    '.docker/contexts/meta',
    createHash('sha256').update('remote').digest('hex'),
  );
  mkdirSync(meta, { recursive: true });
  writeFileSync(path.join(home, '.docker/config.json'), '{"currentContext":"remote"}');
  writeFileSync(
    path.join(meta, 'meta.json'),
    '{"Name":"remote","Endpoints":{"docker":{"Host":"ssh://me@box:2222"}}}',
  );
  expect(engineHosts({ HOME: home })).toEqual(['ssh://me@box:2222']);
  expect(engineHosts({ HOME: home, DOCKER_CONTEXT: 'default' })[0]).toBe(
    'unix:///var/run/docker.sock',
  );
  expect(() => engineHosts({ HOME: home, DOCKER_CONTEXT: 'gone' })).toThrow(
    new UserError(
      `Docker context "gone" is in use but ${home}/.docker/contexts/meta/${createHash('sha256').update('gone').digest('hex')}/meta.json does not exist; choose another: docker context use default`,
      'docker-config-invalid',
    ),
  );
});

test('an address becomes what the client library takes', () => {
  expect(engineOptions('unix:///run/d.sock', {})).toEqual({ socketPath: '/run/d.sock' });
  expect(engineOptions('tcp://h:2376', { DOCKER_HOST: 'tcp://h:2376' })).toEqual({});
  expect(engineOptions('tcp://h:2375', {})).toEqual({ protocol: 'http', host: 'h', port: 2375 });
  expect(engineOptions('ssh://me@box:2222', {})).toEqual({
    protocol: 'ssh',
    host: 'box',
    port: 2222,
    username: 'me',
  });
});
