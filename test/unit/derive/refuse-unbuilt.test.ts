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

test('TLS by the edge itself is refused, and says what to use instead', () => {
  const edge = { ...dev.edge, tls: 'auto' };
  expect(() => refuseUnbuilt({ ...dev, edge }, 'dev')).toThrow(
    new UserError(
      'edge.tls: auto is not built yet for target docker; set edge.tls: off, and where TLS ends in front of this edge (a load balancer, a tunnel, a web server) edge.trustForwarded: true',
    ),
  );
});
