import { execIn } from './engine.ts';

/** One route as the router of a running store has it, with a word in place of each parameter. */
export interface StoreRoute {
  readonly method: string;
  readonly path: string;
}

const FILE = '/opt/medusa-infra/note-routes.cjs';
const NOTED = '/tmp/routes.json';

/**
 * Walks the stack of an Express app as it begins to listen. Each path that it makes up is tried on the expressions
 * that the router itself matches with; one that does not fit ends the store.
 */
const SCRIPT = `
const http = require('node:http');
const listen = http.Server.prototype.listen;
const pathOf = ({ regexp }) => regexp.fast_slash ? '' : regexp.source
  .replace(/^\\^/, '').replace('\\\\/?(?=\\\\/|$)', '').replace(/\\\\\\/\\?\\$$/, '')
  .replace(/\\(\\?:\\(\\[\\^\\\\\\/\\]\\+\\?\\)\\)/g, 'nobody')
  .replace(/\\(\\?:\\\\\\/\\(\\[\\^\\\\?\\/\\]\\+\\?\\)\\)/g, '/nobody').replace(/\\\\(.)/g, '$1');
function walk(stack, before) {
  return stack.flatMap((layer) => {
    const path = pathOf(layer);
    if (!layer.regexp.fast_slash && !new RegExp(layer.regexp).test(path || '/')) {
      throw new Error('note-routes: ' + path + ' is not matched by ' + layer.regexp);
    }
    if (layer.route) {
      return Object.keys(layer.route.methods).map((method) => ({ method, path: before + path }));
    }
    return layer.handle.stack ? walk(layer.handle.stack, before + path) : [];
  });
}
http.Server.prototype.listen = function (...args) {
  const app = this.listeners('request').find((one) => one._router);
  if (app) require('node:fs').writeFileSync('${NOTED}', JSON.stringify(walk(app._router.stack, '')));
  return listen.apply(this, args);
};`;

/** Lets a store note its routes as it starts: what its container gets in addition. */
export const notingRoutes = {
  env: { NODE_OPTIONS: `--require ${FILE}` },
  files: { [FILE]: SCRIPT },
};

/** The routes that a store has noted, each once. */
export async function notedRoutes(container: string): Promise<StoreRoute[]> {
  const routes = JSON.parse(await execIn(container, ['cat', NOTED])) as StoreRoute[];
  const all = routes.map(({ method, path }) => ({ method: method.toUpperCase(), path }));
  const each = new Map(all.map((route) => [`${route.method} ${route.path}`, route]));
  return [...each.values()].filter(({ method }) => method !== 'OPTIONS' && method !== 'HEAD');
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Asks each route once; `headers` makes those of one request. In the order of the routes. */
export async function askEach(
  url: string,
  routes: readonly StoreRoute[],
  headers: (index: number) => Readonly<Record<string, string>>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const worker = async () => {
    while (next < routes.length) {
      const index = next++;
      const { method = '', path = '' } = routes[index] ?? {};
      const response = await fetch(`${url}${path}`, {
        method: method === '_ALL' ? 'GET' : method,
        headers: { 'content-type': 'application/json', ...headers(index) },
        ...(['POST', 'PUT', 'PATCH'].includes(method) ? { body: '{}' } : {}),
        signal: AbortSignal.timeout(60_000),
      });
      answers[index] = { status: response.status, body: await response.text() };
    }
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  return answers;
}
