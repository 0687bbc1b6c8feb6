import { demultiplexed } from '../../src/docker/container-logs.ts';
import { docker } from './engine.ts';

/** An address that a container may reach: `host:port`. */
export type Address = string;

/** PostgreSQL answers one letter to a request for TLS, Redis that it wants a login. */
const TRY = `
for (const address of process.argv.slice(1)) {
  const [host, port] = address.split(':');
  const socket = require('net').connect({ host, port, timeout: 3000 });
  let result = 'silent', answered = false;
  socket.once('connect', () => socket.write(port === '6379' ? 'PING\\r\\n' : Buffer.from('0000000804d2162f', 'hex')));
  socket.once('data', (bytes) => { answered = true; result = bytes.toString('latin1').slice(0, 7); socket.destroy(); });
  socket.once('timeout', () => socket.destroy());
  socket.once('error', ({ code }) => { result = answered ? result : code; });
  socket.once('close', () => console.log(JSON.stringify([address, result])));
}`;

/**
 * What a connection from a container ends in: the first bytes of the answer (`N` of PostgreSQL, `-NOAUTH` of Redis; a gateway
 * on the way may answer as well), `silent`, or Node's code of the error.
 * @param image with Node
 */
export async function reach(
  image: string,
  containerId: string,
  addresses: readonly Address[],
): Promise<Record<Address, string>> {
  const output = await runIn(image, ['node', '-e', TRY, ...addresses], {
    NetworkMode: `container:${containerId}`,
  });
  const answers = output.trim().split('\n');
  return Object.fromEntries(answers.map((line) => JSON.parse(line) as [string, string]));
}

/** What a user of the engine's host gets who reads a file of another process: its text, or the code of the error. */
export async function readOnHost(image: string, path: string, user: string): Promise<string> {
  const read = `try { process.stdout.write(require('fs').readFileSync('${path}')) } catch (error) { process.stdout.write(error.code) }`;
  return runIn(image, ['node', '-e', read], { PidMode: 'host' }, user);
}

/** Runs a program in the namespaces that are asked for, to its end. */
async function runIn(
  image: string,
  command: readonly string[],
  HostConfig: object,
  user = '65534:65534',
): Promise<string> {
  const helper = await docker.createContainer({
    Image: image,
    Entrypoint: [...command.slice(0, 1)],
    Cmd: [...command.slice(1)],
    User: user,
    HostConfig: { ...HostConfig, CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'] },
  });
  try {
    await helper.start();
    await helper.wait();
    return demultiplexed(await helper.logs({ stdout: true, stderr: true, follow: false }));
  } finally {
    await helper.remove({ force: true, v: true });
  }
}
