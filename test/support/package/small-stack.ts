import { ensureImages } from '../../../src/images/ensure.ts';

/** A server in the place of a store: it is ready at once, and shows one of its variables. */
const SERVER = `require('http').createServer((_, answer) => answer.end(process.env.GREETING ?? '')).listen(process.env.PORT)`;

/**
 * A stack that is up within seconds: the kit's own image of Node as the backend, SQLite, no Redis. What it shows is
 * the package, not a store.
 */
export async function smallStack(port: number, greeting: string): Promise<object> {
  const { images } = await ensureImages({ source: 'auto', wanted: {}, log: () => undefined });
  return {
    target: 'docker',
    backend: {
      image: images.node.name,
      command: ['node', '-e', SERVER],
      migrate: ['node', '-e', '0'],
      env: { GREETING: greeting },
    },
    database: { type: 'sqlite' },
    redis: false,
    uploads: false,
    edge: { port },
  };
}
