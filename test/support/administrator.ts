import { randomBytes } from 'node:crypto';
import { execIn } from '../../src/docker/exec.ts';
import { docker, runningOf } from './engine.ts';

export interface Administrator {
  readonly email: string;
  readonly password: string;
}

/** Runs in the backend's container; the password comes by standard input. */
const CREATE = `
  const { Client } = require('pg');
  const { kdf } = require('scrypt-kdf');
  const { projectConfig } = require('/app/medusa-config.js');
  const { id, email, password } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
  (async () => {
    const hash = await kdf(password, { logN: 1, r: 1, p: 1 });
    const client = new Client({
      connectionString: projectConfig.database_url,
      ...projectConfig.database_extra,
    });
    await client.connect();
    await client.query(
      "INSERT INTO " + client.escapeIdentifier(projectConfig.database_schema ?? 'public') + '."user"' +
        "(id, email, role, password_hash) VALUES ($1, $2, 'admin', $3)",
      [id, email, hash.toString('base64')],
    );
    await client.end();
  })();`;

/** Secrets enter a process only at exec: a command next to the backend's own has to do the same. */
const WITH_SECRETS =
  'for f in /run/secrets/*; do [ -f "$f" ] && export "${f##*/}=$(cat "$f")"; done; exec "$@"';

/**
 * Creates an administrator with a random password, as Medusa's own `user` command does but in a fraction of the time:
 * no seed creates one outside development.
 * @param container of the backend
 */
export async function createAdministrator(container: string): Promise<Administrator> {
  const id = randomBytes(8).toString('hex');
  const user = { email: `${id}@example.com`, password: randomBytes(24).toString('base64url') };
  const { exitCode, stderr } = await execIn(
    docker.getContainer(container),
    ['/bin/sh', '-c', WITH_SECRETS, 'sh', 'node', '-e', CREATE],
    { stdin: JSON.stringify({ id: `usr_${id}`, ...user }) },
  );
  if (exitCode !== 0) throw new Error(`no administrator could be created: ${stderr}`);
  return user;
}

/** The same in whichever replica of a stack. */
export async function administratorOf(project: string, stack: string): Promise<Administrator> {
  const [backend] = await runningOf(project, stack, 'backend');
  return createAdministrator(backend?.id ?? '');
}
