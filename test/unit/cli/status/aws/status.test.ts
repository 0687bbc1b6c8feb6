import { describe, expect, test } from 'vitest';
import type { StackStatus } from '../../../../../src/aws/stack-status.ts';
import { chooseSources } from '../../../../../src/cli/logs/aws/logs.ts';
import { problemsOf } from '../../../../../src/cli/status/aws/status.ts';
import { derivePlan } from '../../../../../src/derive/derive.ts';
import { UserError } from '../../../../../src/errors.ts';
import { awsPlan, withAwsResources } from '../../../../support/unit/aws-plan.ts';
import * as fixtures from '../../../../support/unit/stack-files.ts';

const plan = withAwsResources(
  derivePlan(fixtures.staging, { ...fixtures.options, project: 'shop', stack: 'prod' }),
);
const service = {
  name: 'backend',
  desired: 2,
  running: 2,
  pending: 0,
  revision: 'shop-prod:2',
  rollout: 'COMPLETED',
  ok: true,
};
const part = { name: 'x', state: 'available', about: '', ok: true };
const good: StackStatus = {
  service,
  tasks: [],
  targets: [{ address: '10.0.0.1:9000', state: 'healthy', reason: null }],
  database: part,
  redis: part,
  certificate: { ...part, state: 'ISSUED' },
};

describe('what is wrong with a stack on AWS', () => {
  test.each<[string, Partial<StackStatus>, string[]]>([
    ['nothing', {}, []],
    ['it is not there', { service: null, database: null, targets: [] }, []],
    [
      'too few tasks',
      { service: { ...service, running: 1, ok: false } },
      ['1 of 2 tasks run; see: medusa-infra logs backend -s prod'],
    ],
    [
      'a failed release, which the one before serves in place of',
      { service: { ...service, rollout: 'FAILED' } },
      ['the last release failed; fix it and run: medusa-infra up -s prod'],
    ],
    [
      'no target',
      {
        targets: [{ address: '10.0.0.1:9000', state: 'unhealthy', reason: 'Health checks failed' }],
      },
      ['the load balancer has no healthy target; requests are answered with 503'],
    ],
    [
      'its servers',
      { database: { ...part, state: 'storage-full', ok: false }, redis: null },
      ['database is storage-full', 'redis is missing; run: medusa-infra up -s prod'],
    ],
    [
      'its certificate',
      {
        certificate: {
          name: 'shop.example.com',
          state: 'PENDING_VALIDATION',
          about: '',
          ok: false,
        },
      },
      [
        'the certificate is PENDING_VALIDATION; its validation record must be in the zone of shop.example.com',
      ],
    ],
  ])('%s', (_title, change, expected) => {
    expect(problemsOf({ ...good, ...change }, plan)).toEqual(expected);
  });
});

describe('whose log is asked for', () => {
  test('a container, by its own name or that of its step', () => {
    expect(chooseSources(awsPlan, 'backend')).toEqual([
      { container: 'backend', prefix: 'backend' },
    ]);
    expect(chooseSources(awsPlan, 'migrate')).toContainEqual({
      container: 'prepare-migrate',
      prefix: 'prepare-migrate',
    });
    expect(chooseSources(awsPlan, undefined).length).toBeGreaterThan(2);
  });

  test.each([
    ['bakend', /did you mean "backend"\?/],
    [
      'database',
      /^RDS keeps the log of the database; read it with: aws logs tail --region eu-central-1 /,
    ],
    ['redis', /^ElastiCache keeps no log of Redis/],
    ['edge', /^the load balancer writes its access log to S3/],
  ])('%s is elsewhere, or nowhere', (name, message) => {
    const choose = () => chooseSources(awsPlan, name);
    expect(choose).toThrow(UserError);
    expect(choose).toThrow(message);
  });
});
