import { expect, test } from 'vitest';
import { awsPlan } from '../../../support/unit/aws-stacks.ts';

const linesOf = (text: Parameters<typeof awsPlan>[0]) =>
  awsPlan(text).aws.costs.lines.map(
    ({ name, detail, monthly }) => `${name}: ${detail} = ${monthly ?? '?'}`,
  );

test('the default sizes of production, line by line', () => {
  const { costs } = awsPlan().aws;
  expect(linesOf({})).toMatchInlineSnapshot(`
    [
      "NAT: 2 x gateway with its address at 41.61 = 83.22",
      "database: 2 x db.t4g.medium at 54.02 = 108.04",
      "database storage: 40 x GiB at 0.137 = 5.48",
      "Redis: 2 x cache.t4g.micro at 13.87 = 27.74",
      "backend: 2 x task (0.5 CPU, 1 GiB) at 20.72 = 41.45",
      "load balancer: 1 x load balancer at 19.71 = 19.71",
      "load balancer addresses: 2 x public IPv4 address at 3.65 = 7.3",
      "secrets: 6 x secret at 0.400 = 2.4",
      "key: 1 x KMS key at 1.00 = 1",
    ]
  `);
  expect(costs.pricesOf).toBe('eu-central-1');
  const sum = costs.lines.reduce((total, { monthly = 0 }) => total + monthly, 0);
  expect(costs.monthlyTotal).toBeCloseTo(sum, 2);
});

test('staging costs less than half', () => {
  const staging = awsPlan({
    environment: 'staging',
    more: 'backend: { replicas: 1 }',
  }).aws.costs.monthlyTotal;
  expect(staging).toBeLessThan(awsPlan().aws.costs.monthlyTotal / 2);
});

test('another region is estimated with the prices of us-east-1, and says so', () => {
  expect(awsPlan({ region: 'eu-north-1' }).aws.costs.pricesOf).toBe('us-east-1');
});

test('endpoints, Aurora, Valkey, arm64 and a web ACL have their lines', () => {
  expect(
    linesOf({
      aws: 'network: { nat: none, zones: 3 }, database: { kind: aurora }, redis: { engine: valkey }, backend: { architecture: arm64 }, kmsKey: "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab", edge: { zone: example.com, waf: true }',
    }),
  ).toMatchInlineSnapshot(`
    [
      "VPC endpoints: 12 x service in a zone at 8.76 = 105.12",
      "database: 1 x Aurora capacity unit (the least) at 102.20 = 102.2",
      "database storage: 10 x GiB in use (10 assumed) at 0.119 = 1.19",
      "Redis: 2 x cache.t4g.micro at 11.10 = 22.19",
      "backend: 2 x task (0.5 CPU, 1 GiB) at 16.58 = 33.16",
      "load balancer: 1 x load balancer at 19.71 = 19.71",
      "load balancer addresses: 3 x public IPv4 address at 3.65 = 10.95",
      "web ACL: 1 x web ACL at 5.00 = 5",
      "web ACL rules: 6 x rule at 1.00 = 6",
      "secrets: 6 x secret at 0.400 = 2.4",
    ]
  `);
});

test('a class that the table does not have is said to have no price', () => {
  expect(linesOf({ aws: 'database: { instance: db.r7g.16xlarge }' })).toContain(
    'database: 2 x db.r7g.16xlarge, no price in the table = ?',
  );
});
