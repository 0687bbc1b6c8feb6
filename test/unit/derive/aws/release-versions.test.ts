import { describe, expect, test } from 'vitest';
import {
  dueRetirements,
  serverVersions,
  versionProblems,
} from '../../../../src/derive/aws/release-versions.ts';
import { formatProblem } from '../../../../src/stack/problems.ts';
import { awsPlan } from '../../../support/unit/aws-stacks.ts';

const planWith = (secrets: string) => awsPlan({ more: `secrets: { ${secrets} }` });

describe('what the markers hold', () => {
  test('the versions of the servers of the stack’s own, and what is kept at PostgreSQL', () => {
    expect(serverVersions(planWith('jwt: { version: 4 }'))).toBe('database=1 redis=1');
    expect(
      serverVersions(planWith('database: { version: 3, keep: 1 }, redis: { version: 2 }')),
    ).toBe('database=3 redis=2 database-keeps=2');
  });

  test('nothing of a server of your own', () => {
    const plan = awsPlan({
      more: 'database: { external: { url: { secret: databaseUrl } } }\nredis: { external: { url: { secret: redisUrl } } }\nsecrets: { databaseUrl: { from: config }, redisUrl: { from: config } }',
    });
    expect(serverVersions(plan)).toBe('');
  });
});

describe('what is to be ended once the release serves', () => {
  test.each([
    ['first versions have no predecessor', 'database=1 redis=1', {}, []],
    [
      'a first version that is not 1: only a database has another',
      'database=2 redis=2',
      {},
      ['database'],
    ],
    ['nothing new', 'database=2 redis=2', { retired: 'database=2 redis=2' }, []],
    [
      'the next ones',
      'database=2 redis=2',
      { retired: 'database=1 redis=1' },
      ['database', 'redis'],
    ],
    [
      'a run that was cut short after it had prepared',
      'database=2 redis=1',
      {
        retired: 'database=1 redis=1',
        prepared: 'arn:aws:ecs:x:1:task-definition/p:2 database=2 redis=1',
      },
      ['database'],
    ],
    [
      'a release that was given up, and the file set back',
      'database=1 redis=1',
      {
        retired: 'database=1 redis=1',
        prepared: 'arn:aws:ecs:x:1:task-definition/p:2 database=2 redis=2',
      },
      ['database', 'redis'],
    ],
    [
      'a role that is no longer kept',
      'database=2 redis=1',
      { retired: 'database=2 redis=1 database-keeps=1' },
      ['database'],
    ],
    [
      'a role that is kept from now on is gone already',
      'database=2 redis=1 database-keeps=1',
      { retired: 'database=2 redis=1' },
      [],
    ],
    ['a Redis that was added', 'database=2 redis=1', { retired: 'database=2' }, []],
  ])('%s', (_title, wanted, noted, due) => {
    expect([...dueRetirements(wanted, noted)]).toEqual(due);
  });
});

describe('versions that would lock out what serves', () => {
  test.each([
    ['a first release', 'database: { version: 5 }, redis: { version: 5 }', []],
    ['the next', 'database: { version: 2 }, redis: { version: 2 }', [{ database: 1, redis: 1 }]],
    ['one back', 'database: { version: 1 }, redis: { version: 1 }', [{ database: 2, redis: 2 }]],
    [
      'a run that was cut short, again',
      'database: { version: 2 }, redis: { version: 2 }',
      [
        { database: 1, redis: 1 },
        { database: 2, redis: 2 },
      ],
    ],
  ])('%s may come', (_title, secrets, found) => {
    expect(versionProblems(planWith(secrets), found)).toEqual([]);
  });

  test('PostgreSQL by the rule of Docker, ElastiCache one step at a time; both are said at once', () => {
    const plan = planWith('database: { version: 3 }, redis: { version: 3 }');
    expect(versionProblems(plan, [{ database: 1, redis: 1 }]).map(formatProblem)).toEqual([
      'secrets.database.version: 3 would change the password of the role that running replicas (version 1) log in with, as two roles alternate; set version: 2 and run up, then go on from there',
      'secrets.redis.version: 3 would take the password away from running tasks (version 1), as ElastiCache takes two at a time; set version: 2 and run up, then go on from there',
    ]);
  });

  test('while two serve, the release of the newer one comes first', () => {
    const plan = planWith('redis: { version: 3 }');
    const found = [
      { database: 1, redis: 1 },
      { database: 1, redis: 2 },
    ];
    expect(versionProblems(plan, found).map(formatProblem)).toEqual([
      'secrets.redis.version: 3 would take the password away from running tasks (version 1 and 2), as ElastiCache takes two at a time; set version: 2 and run up, then go on from there',
    ]);
  });
});
