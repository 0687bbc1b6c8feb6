import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { EDGE_FILES } from '../derive/docker/edge-files.ts';
import { UserError } from '../errors.ts';
import { openConnections } from './connections.ts';
import type { EdgeConfig } from './container-runtime.ts';
import { type ExecOptions, type ExecResult, execIn } from './exec.ts';
import { EDGE_CLOSING_MILLISECONDS, EDGE_CLOSING_POLL_MILLISECONDS } from './limits.ts';
import { routesOf } from './replicas.ts';

const CANDIDATE = `${EDGE_FILES.config}.new`;

/**
 * Installs a configuration in three steps: the edge's own Caddy validates it, loads it, and only then
 * is it saved as the one to start with. Nothing is loaded if it is already installed.
 *
 * A reload closes idle connections at once, and a request that is on its way on one of them would be
 * lost. Therefore the edge first answers with `Connection: close` until the connections that were open
 * are gone; a connection without a request in that time is closed while it is idle.
 * @throws UserError with Caddy's own message; Caddy then keeps the previous configuration
 */
export async function configureEdge(container: Docker.Container, edge: EdgeConfig): Promise<void> {
  const wanted = edge.config + stamp(edge);
  const kept = await execIn(container, ['/bin/sh', '-c', KEPT, 'sh', wanted]);
  if (kept.exitCode === 0) return;
  const first = kept.exitCode === NONE_INSTALLED;
  if (!first && kept.exitCode !== ANOTHER_INSTALLED) throw rejected(kept);
  // The folder of a new volume belongs to root.
  if (first) await run(container, ['chmod', '1777', EDGE_FILES.volume], { user: '0:0' });
  for (const { path, content } of edge.files) await write(container, path, content);
  await write(container, CANDIDATE, wanted);
  await caddy(container, ['caddy', 'validate', ...configArguments(CANDIDATE)]);
  try {
    if (!first) {
      await run(container, ['touch', EDGE_FILES.closing]);
      await connectionsToEnd(container, edge.ports);
    }
    // By force: a changed file that the configuration names would not count as a change.
    await caddy(container, [...reloadCommand(CANDIDATE), '--force']);
    // Caddy answers as soon as it has begun to stop the previous configuration.
    if (!first) await connectionsToEnd(container, edge.ports);
  } finally {
    await resume(container);
  }
  await run(container, ['mv', CANDIDATE, EDGE_FILES.config]);
}

const NONE_INSTALLED = 71;
const ANOTHER_INSTALLED = 72;

/**
 * In one command, since each takes a tenth of a second. The reload does nothing if Caddy runs the configuration already,
 * which it does not after a start that could not use it.
 */
const KEPT = `[ -f ${EDGE_FILES.config} ] || exit ${NONE_INSTALLED}
[ "$(cat ${EDGE_FILES.config}; echo .)" = "$1." ] || exit ${ANOTHER_INSTALLED}
${reloadCommand(EDGE_FILES.config).join(' ')} && rm -f ${EDGE_FILES.closing}`;

/**
 * Sends traffic to the replicas that share `alias`, from the next request on. Between the two steps
 * both names exist, and the edge uses one of them.
 */
export async function routeTo(container: Docker.Container, alias: string): Promise<void> {
  if (!/^[a-z0-9-]+$/.test(alias)) throw new Error(`not a network alias: ${alias}`);
  // The engine reads the folder in a tenth of the time of a command.
  if ((await routesOf(container)).join() === alias) return;
  await run(container, ['/bin/sh', '-c', ROUTE, 'sh', EDGE_FILES.activeRelease, alias]);
}

const ROUTE =
  'mkdir -p "$1" && : > "$1/$2" && for file in "$1"/*; do [ "$file" = "$1/$2" ] || rm -f "$file"; done';

/** Makes a changed file that the configuration names a change of the configuration itself. */
function stamp({ files }: EdgeConfig): string {
  if (files.length === 0) return '';
  const digest = createHash('sha256').update(JSON.stringify(files)).digest('hex');
  return `# files: ${digest}\n`;
}

/** Waits until the connections that are open now are closed, for a limited time; ignores new ones. */
async function connectionsToEnd(
  container: Docker.Container,
  ports: EdgeConfig['ports'],
): Promise<void> {
  const deadline = Date.now() + EDGE_CLOSING_MILLISECONDS;
  const open = await openConnections(container, ports);
  for (;;) {
    const now = await openConnections(container, ports);
    if (![...open].some((connection) => now.has(connection)) || Date.now() > deadline) return;
    await sleep(EDGE_CLOSING_POLL_MILLISECONDS);
  }
}

async function resume(container: Docker.Container): Promise<void> {
  await run(container, ['rm', '-f', EDGE_FILES.closing]);
}

function configArguments(file: string): string[] {
  return ['--config', file, '--adapter', 'caddyfile'];
}

function reloadCommand(file: string): string[] {
  return [
    'caddy',
    'reload',
    '--address',
    `unix/${EDGE_FILES.adminSocket}`,
    ...configArguments(file),
  ];
}

async function write(container: Docker.Container, path: string, content: string): Promise<void> {
  await run(container, ['/bin/sh', '-c', 'cat > "$1"', 'sh', path], { stdin: content });
}

async function caddy(container: Docker.Container, command: readonly string[]): Promise<void> {
  const result = await execIn(container, command);
  if (result.exitCode !== 0) throw rejected(result);
}

function rejected(result: ExecResult): UserError {
  return new UserError(
    `edge: Caddy rejects its configuration and keeps the previous one: ${reason(result)}`,
    'edge-config-rejected',
  );
}

/** Caddy logs first, and prints its error last. */
function reason({ stdout, stderr, exitCode }: ExecResult): string {
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  const error = lines.findLast((line) => /^(Error|reload|validate):/.test(line));
  return (error ?? lines.at(-1) ?? `exit code ${exitCode}`).replace(/^Error: /, '');
}

async function run(
  container: Docker.Container,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<void> {
  const { exitCode, stderr } = await execIn(container, command, options);
  if (exitCode !== 0) {
    throw new UserError(
      `edge: ${command.join(' ')} failed: ${stderr.trim() || `exit code ${exitCode}`}`,
      'container-command-failed',
    );
  }
}
