import { execIn } from '../../../infra/engine/exec.ts';
import { countText, type ProofContext } from './proof.ts';
import type { Asked, Headers } from './prove-signatures.ts';

/** Each replica, asked from inside of it. */
export function askReplicas(context: ProofContext): Asked {
  return {
    answers: (path, headers) =>
      Promise.all(context.replicas.map(({ id }) => statuses(context, id, { path, headers }))),
    counted: countText,
  };
}

/** Asks the replica that it runs in; what it asks with comes by standard input. */
const ASK = `const http = require('node:http'); let input = '';
process.stdin.on('data', (data) => (input += data)).on('end', async () => {
  const { port, path, headers } = JSON.parse(input), found = [];
  for (const each of headers) found.push(await new Promise((done) => http
    .get({ host: '127.0.0.1', port, path, headers: each, agent: false, timeout: 15000 },
      (response) => { response.resume(); done(response.statusCode); })
    .on('timeout', function () { this.destroy(); }).on('error', () => done(0))));
  process.stdout.write(JSON.stringify(found));
});`;

interface Request {
  readonly path: string;
  readonly headers: readonly Headers[];
}

async function statuses(
  { docker, plan }: ProofContext,
  container: string,
  request: Request,
): Promise<readonly number[]> {
  const stdin = JSON.stringify({ port: plan.backend.port, ...request });
  const result = await execIn(docker.getContainer(container), ['node', '-e', ASK], { stdin });
  try {
    return JSON.parse(result.stdout) as number[];
  } catch {
    return [];
  }
}
