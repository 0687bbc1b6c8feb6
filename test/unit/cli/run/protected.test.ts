import { expect, test } from 'vitest';
import { refuseProtected } from '../../../../src/cli/run/protected.ts';

const resource = (name: string, more: object = {}) => ({
  urn: `urn:pulumi:prod::shop::aws:rds/instance:Instance::${name}`,
  type: 'aws:rds/instance:Instance',
  ...more,
});

test('destroy refuses a stack with protected resources before it removes the others', () => {
  const resources = [
    resource('backend-service'),
    resource('database-instance', { protect: true }),
    resource('redis-group', { protect: true }),
  ];
  expect(() => refuseProtected('prod', resources)).toThrowErrorMatchingInlineSnapshot(
    `[UserError: prod: database-instance, redis-group are protected, because their data would be lost; nothing was removed. To remove them all the same, unprotect them first: eval "$(npx medusa-infra pulumi-env -s prod)" && pulumi state unprotect --all -s prod]`,
  );
});

test('a stack without any is not held up', () => {
  expect(() => refuseProtected('dev', [resource('backend-1', { protect: false })])).not.toThrow();
});
