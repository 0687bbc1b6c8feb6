import { readFileSync } from 'node:fs';
import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { LoginLimitConfig } from '../logins/config.ts';
import { LoginLimit } from '../logins/limit.ts';
import { refuse } from '../logins/refusal.ts';

// Counts log-ins before the store sees them, in every server of the process, whoever listens to it and however it was
// made. What goes wrong here must not become the store's problem.

function log(line: string): void {
  process.stderr.write(`medusa-infra: ${line}\n`);
}

function install(): void {
  const text = readFileSync(join(__dirname, 'login-limit.json'), 'utf8');
  const limit = new LoginLimit(JSON.parse(text) as LoginLimitConfig, { env: process.env, log });
  const emit = Server.prototype.emit;
  Server.prototype.emit = function (this: Server, ...event: [string, ...unknown[]]): boolean {
    const [name, request, response] = event as [string, IncomingMessage, ServerResponse];
    if (name !== 'request' || !limit.isLogin(request)) return Reflect.apply(emit, this, event);
    const answer = (seconds: number) => {
      // The client has gone: nobody would notice the end of a body that is read no more.
      if (request.destroyed) return;
      const { STORE_CORS, ADMIN_CORS } = process.env;
      if (seconds === 0) Reflect.apply(emit, this, event);
      else refuse(request, response, seconds, [STORE_CORS, ADMIN_CORS]);
    };
    limit
      .count(request)
      .catch(() => 0)
      // In a separate tick: what a listener throws ends the process, as it would without this.
      .then((seconds) => process.nextTick(answer, seconds));
    return true;
  } as typeof emit;
}

try {
  install();
} catch (error) {
  log(`log-ins are not limited: ${error instanceof Error ? error.message : String(error)}`);
}
