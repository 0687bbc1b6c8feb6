import { expect, test } from 'vitest';
import { allows, type IamStatement } from '../../support/iam.ts';

const statement = (more: Partial<IamStatement> = {}): IamStatement => ({
  Effect: 'Allow',
  Action: 's3:Get*',
  Resource: 'arn:aws:s3:::shop/*',
  ...more,
});
const request = { action: 's3:GetObject', resource: 'arn:aws:s3:::shop/a.png' };
const ask = (...statements: IamStatement[]) => allows([{ Statement: statements }], request);

test('an Allow is needed, and a Deny wins', () => {
  expect(ask()).toBe(false);
  expect(ask(statement())).toBe(true);
  expect(ask(statement(), statement({ Effect: 'Deny', Action: '*', Resource: '*' }))).toBe(false);
});

test('actions are compared without regard to case, resources with it; a dot is a dot', () => {
  expect(ask(statement({ Action: 'S3:GETOBJECT' }))).toBe(true);
  expect(ask(statement({ Resource: 'arn:aws:s3:::SHOP/*' }))).toBe(false);
  expect(ask(statement({ Resource: 'arn:aws:s3:::shop/a?png' }))).toBe(true);
  expect(ask(statement({ Resource: 'arn:aws:s3:::shop/a.pn.' }))).toBe(false);
});

test('a condition has to hold; one that is not known is an error', () => {
  const region = { 'aws:RequestedRegion': ['eu-central-1'] };
  expect(ask(statement({ Condition: { StringEquals: region } }))).toBe(false);
  expect(
    allows([{ Statement: [statement({ Condition: { StringEquals: region } })] }], {
      ...request,
      context: { 'aws:RequestedRegion': 'eu-central-1' },
    }),
  ).toBe(true);
  expect(() => ask(statement({ Condition: { StringLike: region } }))).toThrow(
    'condition StringLike is not known here',
  );
});

test('a key that the request has not: equal to nothing, but fine if it has to be equal only if it exists', () => {
  const of = (operator: string, wanted: string, context: Readonly<Record<string, string>> = {}) =>
    allows([{ Statement: [statement({ Condition: { [operator]: { 's3:tag': wanted } } })] }], {
      ...request,
      context,
    });
  expect(of('StringEquals', '')).toBe(false);
  expect(of('StringEqualsIfExists', 'shop')).toBe(true);
  expect(of('StringEqualsIfExists', 'shop', { 's3:tag': 'shop' })).toBe(true);
  expect(of('StringEqualsIfExists', 'shop', { 's3:tag': 'crm' })).toBe(false);
  expect(of('Null', 'true')).toBe(true);
  expect(of('Null', 'true', { 's3:tag': '' })).toBe(false);
  expect(of('Null', 'false')).toBe(false);
  expect(of('Null', 'false', { 's3:tag': '' })).toBe(true);
});
