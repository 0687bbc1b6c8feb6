import { expect, test } from 'vitest';
import { refuseUnbuilt } from '../../../src/derive/refuse-unbuilt.ts';
import { UserError } from '../../../src/errors.ts';
import { dev } from './fixtures.ts';

test('what can be brought up is let through', () => {
  expect(() => refuseUnbuilt(dev, 'dev')).not.toThrow();
});

test('another target is refused, and its plan is named', () => {
  expect(() => refuseUnbuilt({ ...dev, target: 'aws' }, 'prod')).toThrow(
    new UserError(
      'target: aws is not built yet, only its plan is (medusa-infra plan -s prod); set target: docker',
    ),
  );
});
