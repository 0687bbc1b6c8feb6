import { type ClientRequest, get } from 'node:http';
import type { ReplicaRequest } from './requests.ts';

/** Asks the replica that this runs in; the request comes by standard input, as its headers hold secrets. */
let input = '';
process.stdin.on('data', (data) => {
  input += data;
});
process.stdin.on('end', () => {
  const { port, path, headers, timeoutMs } = JSON.parse(input) as ReplicaRequest;
  get({ host: '127.0.0.1', port, path, headers, timeout: timeoutMs, agent: false }, (response) => {
    response.resume();
    print(response.statusCode ?? 0);
  })
    .on('timeout', function (this: ClientRequest) {
      this.destroy();
    })
    .on('error', () => print(0));
});

/** The status of the answer, 0 where there was none. */
function print(status: number): void {
  process.stdout.write(String(status));
}
