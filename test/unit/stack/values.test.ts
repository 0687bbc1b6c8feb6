import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { load, loadText } from '../../support/unit/corpus.ts';

function stackOf(text: string) {
  const { result, folder } = loadText(text);
  expect(result.issues).toEqual([]);
  if (!result.stack) throw new Error('no stack');
  return { stack: result.stack, folder };
}

describe('values', () => {
  test('variables and words are the text as written', () => {
    const { stack } = stackOf(`target: docker
backend:
  command: [node, --port, 9000, 1.10, true]
  image: { build: ./app, args: { NODE: 20.0 } }
  env: { A: 1.10, B: true, C: 0x1F, D: off, E: '', F: 1e3, G: 2024-01-31, H: 0o17, I: 007, J: .5, K: "2", L: 12345678901234567890 }
`);
    expect(stack.backend.command).toEqual(['node', '--port', '9000', '1.10', 'true']);
    expect(stack.backend.image).toMatchObject({ args: { NODE: '20.0' } });
    expect(stack.backend.env).toEqual({
      A: '1.10',
      B: 'true',
      C: '0x1F',
      D: 'off',
      E: '',
      F: '1e3',
      G: '2024-01-31',
      H: '0o17',
      I: '007',
      J: '.5',
      K: '2',
      L: '12345678901234567890',
    });
  });

  test('options stay JSON, with null and references', () => {
    const { stack } = stackOf(`target: docker
backend: { env: { K: v } }
plugins:
  - resolve: p
    options: { a: 1.10, b: true, c: null, d: [1, { e: { env: K } }], f: off }
modules: { cacheService: { resolve: '@medusajs/cache-redis', options: { ttl: null } }, eventBus: null }
`);
    expect(stack.plugins).toEqual([
      {
        resolve: 'p',
        options: { a: 1.1, b: true, c: null, d: [1, { e: { env: 'K' } }], f: 'off' },
      },
    ]);
    expect(stack.modules).toEqual({
      cacheService: { resolve: '@medusajs/cache-redis', options: { ttl: null } },
    });
  });

  test('paths start at the folder of the stack file', () => {
    const { folder, result } = load(
      {
        'deep/stack.yaml':
          'target: docker\nbackend: { image: { build: ../shop } }\ndatabase: { ca: certs/ca.pem, external: { url: { secret: u } } }\nsecrets: { u: { from: { command: [cat, 5] } } }\n',
      },
      'deep/stack.yaml',
    );
    expect(result.stack?.backend.image).toMatchObject({ build: join(folder, 'shop') });
    expect(result.stack?.database).toMatchObject({ ca: join(folder, 'deep/certs/ca.pem') });
    expect(result.stack?.secrets['u']).toEqual({ from: { command: ['cat', '5'] } });
  });

  test('secrets: ages, sources and versions', () => {
    const { stack } = stackOf(`target: docker
secrets:
  jwt: { version: 3, keep: 2, maxAge: 90d, since: 2026-01-31, alphabet: hex }
  cookie: { from: { env: MY_COOKIE } }
`);
    expect(stack.secrets['jwt']).toEqual({
      from: 'generated',
      length: 64,
      alphabet: 'hex',
      version: 3,
      keep: 2,
      since: '2026-01-31',
      maxAge: 90 * 86_400,
    });
    expect(stack.secrets['cookie']).toEqual({ from: { env: 'MY_COOKIE' } });
  });

  test('accepted rules by name', () => {
    const { stack } = stackOf(
      "target: docker\ncors: { store: ['/.*/'] }\naccept: [{ rule: cors-strangers, reason: Only on this machine }]\n",
    );
    expect(stack.accept).toEqual({ 'cors-strangers': 'Only on this machine' });
  });

  test('a host is compared in lower case', () => {
    expect(stackOf('target: docker\nedge: { host: Shop.LocalHost }\n').stack.edge.host).toBe(
      'shop.localhost',
    );
  });
});
