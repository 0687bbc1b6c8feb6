import { z } from 'zod';
import { documented, namedMap, scalarText, section, text, whole } from '../../fields.ts';
import { arn, policyArn } from './arn.ts';
import { backend } from './backend.ts';
import { database } from './database.ts';
import { edge } from './edge.ts';
import { network } from './network.ts';
import { redis } from './redis.ts';

export const aws = section(
  {
    about: 'Settings of `target: aws`; ignored on docker.',
    fallback: 'none; required with target aws',
    optional: true,
    example: {
      region: 'eu-central-1',
      network: { nat: 'single' },
      database: { instance: 'db.t4g.medium' },
      edge: { zone: 'example.com' },
    },
  },
  {
    tags: namedMap(
      {
        about: 'Tags on everything, in addition to those of the kit.',
        fallback: 'none',
        example: { team: 'shop', 'cost-center': '4711' },
      },
      {
        pattern: /^(?!aws:|medusa-infra\.)[\w .:/=+@-]{1,128}$/,
        allowed:
          'a tag key of up to 128 letters, digits, spaces and . : / = + @ - _ that begins with neither aws: nor medusa-infra',
      },
      scalarText('a text'),
    ),
    kmsKey: arn(
      'Your own KMS key for secrets, database, Redis, logs and images.',
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[0-9a-f-]{36}$/,
      'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      "a key's ARN (arn:aws:kms:...:key/...)",
      'a key of the stack',
    ),
    permissionsBoundary: policyArn(
      'An IAM policy that limits all roles of the stack, whatever other policies give them. Roles that exist get it at the next `up`; without the key they lose it.',
      'workload-boundary',
      'none',
    ),
    logDays: documented(
      z.union(
        [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731].map((days) =>
          z.literal(days),
        ) as [z.ZodLiteral<number>, z.ZodLiteral<number>, ...z.ZodLiteral<number>[]],
        {
          error: 'a number of days that CloudWatch offers: 1, 3, 5, 7, 14, 30, 60, 90, 180 or 365',
        },
      ),
      {
        about: 'For how many days logs are kept.',
        depends: true,
        example: 30,
        allowed: '1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545 or 731',
      },
    ),
    secretRecoveryDays: whole({
      about:
        'Days in which a secret that was removed can be restored: 7 to 30, or 0 to delete it at once.',
      depends: true,
      example: 30,
      min: 0,
      max: 30,
    }),
    network,
    database,
    redis,
    backend,
    edge,
  },
  {
    region: text({
      about: 'The region. Required with target aws.',
      example: 'eu-central-1',
      pattern: /^[a-z]{2}(-[a-z]+)+-\d$/,
      allowed: 'a region such as eu-central-1',
    }),
  },
);
