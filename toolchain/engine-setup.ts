import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../src/errors.ts';
import { aptInstall, aptLine } from './apt.ts';
import type { Found, PartContext, Report } from './part.ts';
import { findOnPath } from './probe.ts';
import { run } from './run.ts';

type FindEngine = (env: PartContext['env']) => Promise<Found | undefined>;

const START_MS = 90_000;
const SOCKET = '/var/run/docker.sock';
const PACKAGES = ['docker.io', 'iptables'];

/** What decides how an engine is installed and started here. */
export interface Machine {
  readonly platform: string;
  readonly root: boolean;
  /** The init system that runs. */
  readonly init: 'systemd' | 'openrc' | undefined;
  /** Where daemons are, whatever PATH says. */
  readonly systemPath: string;
}

export function thisMachine(): Machine {
  return {
    platform: process.platform,
    root: process.getuid?.() === 0,
    init: existsSync('/run/systemd/system')
      ? 'systemd'
      : existsSync('/run/openrc') && existsSync('/etc/init.d/docker')
        ? 'openrc'
        : undefined,
    systemPath: '/usr/sbin:/sbin',
  };
}

/** Installs a Docker engine with the system's package manager where this process may, and starts it. */
export async function installEngine(
  context: PartContext,
  report: Report,
  find: FindEngine,
  machine: Machine = thisMachine(),
): Promise<Found> {
  const started = await startInstalledEngine(context, report, find, machine);
  if (started) return started;
  if (machine.platform !== 'linux') {
    throw new UserError(
      'no Docker engine answers: start Docker Desktop, or install it from https://docs.docker.com/get-docker, and run this again',
      'engine-unreachable',
    );
  }
  if (!findOnPath('apt-get', context.env)) {
    throw new UserError(
      'no Docker engine answers: install and start one (https://docs.docker.com/engine/install) and run this again',
      'engine-unreachable',
    );
  }
  if (!machine.root) {
    throw new UserError(
      `no Docker engine answers, and only root can install one; run: sudo sh -c '${aptLine(PACKAGES)}' && sudo usermod -aG docker "$USER", log in again, and run this again`,
      'engine-unreachable',
    );
  }
  await aptInstall(PACKAGES, context, report);
  const found = await startInstalledEngine(context, report, find, machine);
  if (!found) {
    throw new UserError(
      `docker.io was installed, but there is no dockerd on PATH (${context.env['PATH']})`,
      'engine-unreachable',
    );
  }
  return found;
}

/** Starts the engine that is installed: by the machine's init system where one runs, detached otherwise. */
export async function startInstalledEngine(
  context: PartContext,
  report: Report,
  find: FindEngine,
  machine: Machine = thisMachine(),
): Promise<Found | undefined> {
  const chosen = context.env['DOCKER_HOST'];
  if (chosen) {
    throw new UserError(
      `DOCKER_HOST: no Docker engine answers at "${chosen}"; start it, or unset DOCKER_HOST`,
      'engine-unreachable',
    );
  }
  if (machine.platform !== 'linux') return undefined;
  const dockerd =
    findOnPath('dockerd', context.env) ?? findOnPath('dockerd', { PATH: machine.systemPath });
  if (!dockerd) return undefined;
  if (!machine.root) {
    throw new UserError(
      existsSync(SOCKET)
        ? `the Docker engine at ${SOCKET} does not answer to this user; run: sudo usermod -aG docker "$USER", log in again (or start the engine: sudo systemctl start docker), and run this again`
        : 'the Docker engine is installed but not running; run: sudo systemctl start docker',
      'engine-unreachable',
    );
  }
  if (machine.init === 'systemd') {
    report('starting the Docker engine with systemctl');
    await run(command('systemctl', context), ['start', 'docker']);
    return await untilItAnswers(context, find, () => undefined, 'systemctl status docker');
  }
  if (machine.init === 'openrc') {
    report('starting the Docker engine with rc-service');
    await run(command('rc-service', context), ['docker', 'start']);
    return await untilItAnswers(context, find, () => undefined, 'rc-service docker status');
  }
  return await startDetached(dockerd, context, report, find);
}

/** No init system runs (a container, a small VM): dockerd in a separate session, so that it outlives this process. */
async function startDetached(
  dockerd: string,
  context: PartContext,
  report: Report,
  find: FindEngine,
): Promise<Found> {
  const folder = path.join(context.cache.root, 'engine');
  mkdirSync(folder, { recursive: true });
  const log = path.join(folder, 'dockerd.log');
  report(`starting ${dockerd} (no init system runs here; its log is ${log})`);
  const output = openSync(log, 'w');
  const child = spawn(dockerd, [], { detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  let ended: string | undefined;
  child.on('error', (error) => {
    ended = error.message;
  });
  child.on('exit', (code, signal) => {
    ended = `it ended (${signal ?? `exit code ${code}`})`;
  });
  child.unref();
  if (child.pid) writeFileSync(path.join(folder, 'dockerd.pid'), `${child.pid}\n`);
  const tail = () => readFileSync(log, 'utf8').trimEnd().split('\n').slice(-15).join('\n  ');
  return await untilItAnswers(
    context,
    find,
    () => ended,
    () => `the last lines of ${log}:\n  ${tail()}`,
  );
}

async function untilItAnswers(
  context: PartContext,
  find: FindEngine,
  ended: () => string | undefined,
  look: string | (() => string),
): Promise<Found> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const found = await find(context.env);
    if (found) return found;
    const why =
      ended() ?? (Date.now() > deadline ? `no answer within ${START_MS / 1000} s` : undefined);
    if (why) {
      throw new UserError(
        `the Docker engine was started but does not answer at ${SOCKET}: ${why}; ${typeof look === 'string' ? `see: ${look}` : look()}`,
        'engine-unreachable',
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function command(name: string, context: PartContext): string {
  return findOnPath(name, context.env) ?? name;
}
