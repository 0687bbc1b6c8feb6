import { expect, test } from 'vitest';
import { loginLimit } from '../../../../../infra/targets/docker/login-limit.ts';
import { derivePlan } from '../../../../../src/derive/derive.ts';
import { LOGIN_PATH } from '../../../../../src/logins.ts';
import type { DockerStack } from '../../../../../src/stack/stack-file.ts';
import * as fixtures from '../../../../support/unit/stack-files.ts';

const { dev } = fixtures;

function limitOf(stack: DockerStack, variables: Readonly<Record<string, string>> = {}) {
  const plan = derivePlan(stack, fixtures.options);
  return loginLimit({ plan, loginLimitScript: '// limit' }, variables);
}

const script = { path: '/opt/medusa-infra/login-limit.cjs', content: '// limit' };
const settings = (changes: object) => ({
  path: '/opt/medusa-infra/login-limit.json',
  content: JSON.stringify({
    requests: 100,
    windowSeconds: 300,
    path: LOGIN_PATH,
    trusted: [],
    redis: true,
    ...changes,
  }),
});

test('a script that the shell loads, and its settings', () => {
  expect(limitOf(dev, { NODE_OPTIONS: '--no-warnings' })).toEqual({
    preload: '/opt/medusa-infra/login-limit.cjs',
    files: [script, settings({})],
    environment: { NODE_OPTIONS: '--no-warnings' },
  });
});

test('the settings say whom the edge trusts, and whether there is a Redis', () => {
  const trustForwarded = ['192.0.2.7', '2001:db8::/32'];
  const edge = { ...dev.edge, trustForwarded, loginLimit: 20 };
  expect(limitOf({ ...dev, redis: false, edge }).files[1]).toEqual(
    settings({ requests: 20, trusted: trustForwarded, redis: false }),
  );
});

test('in an image without a shell Node reads the option from its variable', () => {
  const stack = { ...dev, backend: { ...dev.backend, shell: false } };
  const option = '--require=/opt/medusa-infra/login-limit.cjs';
  expect(limitOf(stack, { A: 'b' })).toEqual({
    files: [script, settings({})],
    environment: { A: 'b', NODE_OPTIONS: option },
  });
  expect(limitOf(stack, { NODE_OPTIONS: '--no-warnings' }).environment).toEqual({
    NODE_OPTIONS: `${option} --no-warnings`,
  });
});

test('without a limit nothing is added', () => {
  const stack = { ...dev, edge: { ...dev.edge, loginLimit: false as const } };
  expect(limitOf(stack, { A: 'b' })).toEqual({ files: [], environment: { A: 'b' } });
});
