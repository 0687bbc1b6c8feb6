import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import {
  installEngine,
  type Machine,
  startInstalledEngine,
} from '../../../toolchain/engine-setup.ts';
import type { Found } from '../../../toolchain/part.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { bareContext, script } from '../../support/unit/folder.ts';

// Scripts of these tests stand for the system's commands: nothing is installed or started.
const linux: Machine = { platform: 'linux', root: true, init: undefined, systemPath: '' };
const notRoot: Machine = { ...linux, root: false };
const none = async () => undefined;
const quiet = () => undefined;
const answer: Found = {
  version: '20.10',
  origin: 'installed',
  path: 'unix:///var/run/docker.sock',
};

function machine(commands: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder();
  for (const [name, body] of Object.entries(commands)) {
    script(path.join(folder, 'bin', name), body.replaceAll('FOLDER', folder));
  }
  const log = path.join(folder, 'calls');
  return { folder, context: bareContext(folder), calls: () => readFileSync(log, 'utf8') };
}

/** Answers from the given call on. */
function answersAfter(calls: number) {
  let asked = 0;
  return async () => (++asked > calls ? answer : undefined);
}

test('a DOCKER_HOST that does not answer is not replaced by another engine', async () => {
  const { context } = machine({ dockerd: 'exit 0' });
  const chosen = { ...context, env: { ...context.env, DOCKER_HOST: 'tcp://box:2375' } };
  await expect(startInstalledEngine(chosen, quiet, none, linux)).rejects.toThrow(
    new UserError(
      'DOCKER_HOST: no Docker engine answers at "tcp://box:2375"; start it, or unset DOCKER_HOST',
      'engine-unreachable',
    ),
  );
});

test('without an engine and without apt, the message says what to install', async () => {
  const { context } = machine();
  expect(await startInstalledEngine(context, quiet, none, linux)).toBeUndefined();
  await expect(
    installEngine(context, quiet, none, { ...linux, platform: 'darwin' }),
  ).rejects.toThrow(
    new UserError(
      'no Docker engine answers: start Docker Desktop, or install it from https://docs.docker.com/get-docker, and run this again',
      'engine-unreachable',
    ),
  );
  await expect(installEngine(context, quiet, none, linux)).rejects.toThrow(
    new UserError(
      'no Docker engine answers: install and start one (https://docs.docker.com/engine/install) and run this again',
      'engine-unreachable',
    ),
  );
});

test('who is not root gets the exact line to run', async () => {
  const { context } = machine({ 'apt-get': 'exit 1' });
  await expect(installEngine(context, quiet, none, notRoot)).rejects.toThrow(
    new UserError(
      `no Docker engine answers, and only root can install one; run: sudo sh -c 'apt-get update && apt-get install --yes --no-install-recommends docker.io iptables' && sudo usermod -aG docker "$USER", log in again, and run this again`,
      'engine-unreachable',
    ),
  );
  const installed = machine({ dockerd: 'exit 0' }).context;
  await expect(installEngine(installed, quiet, none, notRoot)).rejects.toThrow(/sudo /);
});

test('root gets docker.io by apt, with fresh package lists where they are needed, and the engine started', async () => {
  const { folder, context, calls } = machine({
    // The first install fails as it does where the lists are missing; the second one installs dockerd.
    'apt-get':
      'echo "$DEBIAN_FRONTEND $*" >> FOLDER/calls\n' +
      'case "$*" in *update) touch FOLDER/updated;;\n' +
      '*) test -e FOLDER/updated || { echo "E: Unable to locate package docker.io"; exit 100; }\n' +
      '   printf "#!/bin/sh\\nexec sleep 30\\n" > FOLDER/bin/dockerd; chmod +x FOLDER/bin/dockerd;;\nesac',
  });
  const lines: string[] = [];
  const found = await installEngine(context, (line) => lines.push(line), answersAfter(2), linux);
  process.kill(Number(readFileSync(path.join(folder, 'cache/engine/dockerd.pid'), 'utf8')));
  expect(found).toEqual(answer);
  const install =
    'noninteractive --quiet --yes -o DPkg::Lock::Timeout=300 install --no-install-recommends docker.io iptables';
  expect(calls().trimEnd().split('\n')).toEqual([
    install,
    'noninteractive --quiet --yes -o DPkg::Lock::Timeout=300 update',
    install,
  ]);
  expect(lines).toEqual([
    'installing the packages docker.io and iptables with apt-get',
    'E: Unable to locate package docker.io',
    `starting ${folder}/bin/dockerd (no init system runs here; its log is ${folder}/cache/engine/dockerd.log)`,
  ]);
});

test('an install that fails twice shows why and the line to run', async () => {
  const { folder, context } = machine({ 'apt-get': 'echo "E: no space left"; exit 100' });
  await expect(installEngine(context, quiet, none, linux)).rejects.toThrow(
    new UserError(
      `${folder}/bin/apt-get --quiet --yes -o ended with exit code 100\n  E: no space left\nFix that, or run it yourself: apt-get update && apt-get install --yes --no-install-recommends docker.io iptables`,
      'command-failed',
    ),
  );
});

test('where systemd runs, it starts the engine', async () => {
  const { context, calls } = machine({
    dockerd: 'exit 1',
    systemctl: 'echo "systemctl $*" >> FOLDER/calls',
  });
  const started = startInstalledEngine(context, quiet, answersAfter(1), {
    ...linux,
    init: 'systemd',
  });
  expect(await started).toEqual(answer);
  expect(calls()).toBe('systemctl start docker\n');
});

test('an engine that ends at once is shown with the last lines of its log', async () => {
  const { folder, context } = machine({
    dockerd: 'echo "iptables: No chain/target/match by that name"; exit 1',
  });
  await expect(startInstalledEngine(context, quiet, none, linux)).rejects.toThrow(
    new UserError(
      `the Docker engine was started but does not answer at /var/run/docker.sock: it ended (exit code 1); the last lines of ${folder}/cache/engine/dockerd.log:\n  iptables: No chain/target/match by that name`,
      'engine-unreachable',
    ),
  );
});
