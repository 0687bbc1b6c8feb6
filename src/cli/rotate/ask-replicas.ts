import { PROOF_SECONDS } from '../../container/tokens.ts';
import { execIn } from '../../docker/exec.ts';
import { countText, type ProofContext } from './proof.ts';
import type { Asked, Headers } from './prove-signatures.ts';

/** Each replica, asked from inside of it. */
export function askReplicas(context: ProofContext): Asked {
  return {
    answers: (path, makers) =>
      Promise.all(
        context.replicas.map(async ({ id }) => {
          const statuses: number[] = [];
          for (const make of makers) {
            statuses.push(await answer(context, id, path, await make()));
          }
          return statuses;
        }),
      ),
    counted: countText,
  };
}

/** Asks the replica that it runs in; what it asks with comes by standard input. */
const ASK = `const http = require('node:http'); let input = '';
process.stdin.on('data', (data) => (input += data)).on('end', () => {
  const { port, path, headers, timeout } = JSON.parse(input);
  const done = (status) => process.stdout.write(String(status));
  http.get({ host: '127.0.0.1', port, path, headers, timeout, agent: false },
    (response) => { response.resume(); done(response.statusCode); })
    .on('timeout', function () { this.destroy(); }).on('error', () => done(0));
});`;

/** The status of the answer to a GET, 0 where there was none. */
async function answer(
  { docker, plan }: ProofContext,
  container: string,
  path: string,
  headers: Headers,
): Promise<number> {
  const { port } = plan.backend;
  const stdin = JSON.stringify({ port, path, headers, timeout: PROOF_SECONDS * 1000 });
  const { stdout } = await execIn(docker.getContainer(container), ['node', '-e', ASK], { stdin });
  return /^\d{3}$/.test(stdout) ? Number(stdout) : 0;
}
