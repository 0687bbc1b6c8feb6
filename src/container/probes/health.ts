import { type ClientRequest, get } from 'node:http';
import type { HealthRequest } from './requests.ts';

const request = JSON.parse(process.argv[1] ?? '') as HealthRequest;
const { port, path, timeoutSeconds } = request;
const end = Date.now() + request.retrySeconds * 1000;

/** Ends with exit code 0 at the first answer with status 200, else with 1 and the last reason. */
function ask(): void {
  get({ host: '127.0.0.1', port, path, timeout: timeoutSeconds * 1000 }, (response) => {
    if (response.statusCode === 200) process.exit(0);
    response.resume();
    failed(`status ${response.statusCode}`);
  })
    .on('timeout', function (this: ClientRequest) {
      this.destroy(new Error(`no answer within ${timeoutSeconds} seconds`));
    })
    .on('error', ({ message }) => failed(message));
}

function failed(reason: string): void {
  if (Date.now() < end) {
    setTimeout(ask, 250);
    return;
  }
  console.log(`GET ${path}: ${reason}`);
  process.exit(1);
}

ask();
