import { expect, test } from 'vitest';
import { withPulumiHome } from '../../../toolchain/pulumi-home.ts';

test('Pulumi gets its home where HOME is another than the user’s', () => {
  expect(withPulumiHome({ HOME: '/github/home' }, '/root')).toEqual({
    HOME: '/github/home',
    PULUMI_HOME: '/github/home/.pulumi',
  });
});

test('nothing is added where they agree, or the user has said it', () => {
  for (const env of [{ HOME: '/root/' }, {}, { HOME: '/ci', PULUMI_HOME: '/p' }]) {
    expect(withPulumiHome(env, '/root')).toBe(env);
  }
});
