import { createHash } from 'node:crypto';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { postgresHealthCommand } from '../../infra/components/docker/postgres-start.ts';
import { SECRETS_FOLDER } from '../../src/container/environment.ts';
import { EDGE_FILES } from '../../src/derive/docker/edge-files.ts';
import {
  REDIS_ADMIN,
  redisCommand,
  redisConfig,
  redisUsers,
} from '../../src/derive/docker/redis-config.ts';
import { wrapCommand } from '../../src/derive/secret-exec.ts';
import { type StartScript, startScript } from '../../src/start-script.ts';

const scripts: readonly StartScript[] = [
  'edge',
  'postgres',
  'redis',
  'with-preload',
  'with-secrets',
];

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

test.each(scripts)('%s is a program for sh', async (name) => {
  await execa('/bin/sh', ['-n', '-c', startScript(name)]);
  expect(startScript(name)).not.toMatch(/^#|\n$/);
});

describe('a text is part of its container, which a changed one replaces', () => {
  test.each([
    ['postgres', '108d4aa374e4c9cc362d59c2be5745c6d5cdc13191905b9f7249c2e85f402b2f'],
    ['edge', '8c72b5852da3646b31cb1fd463108bfcdc712d7fd403614a6c59e3dcb65e1343'],
    ['with-preload', '7e579cd3f78f5796101c3fad3840cad489e1795736cab0548dd33df06d7eba86'],
    ['redis', '4be5e852961308a03dbb1e939160d1f09e02717d66cb1be88fb444c16e984bf5'],
  ] as const)('%s', (name, expected) => {
    expect(digest(startScript(name))).toBe(expected);
  });

  test('the command of replicas and jobs', () => {
    expect(digest(wrapCommand(['node'], true)[2] ?? '')).toBe(
      '8a8299526b617bbed60ff41ee9dc48e15041c79c50f63d6d41ab28208ab73e18',
    );
  });
});

describe('a script names what the code names', () => {
  test('the folder of secrets', () => {
    expect(startScript('with-secrets')).toContain(` in ${SECRETS_FOLDER}/*; do`);
  });

  test('the edge’s configuration', () => {
    expect(startScript('edge')).toContain(`--config ${EDGE_FILES.config} `);
  });

  test('the marker of a cluster that is being made', () => {
    expect(postgresHealthCommand(5432).join(' ')).toContain('rm "$PGDATA.making"');
    expect(startScript('postgres')).toContain(': > "$PGDATA.making"');
  });

  test('Redis’s administrator, its password and the users', () => {
    const script = startScript('redis');
    const [, , cli = ''] = redisUsers(6379, 'redis', [1]).cli;
    const [, passwordFile] = /cat ([^)]+)\)/.exec(cli) ?? [];
    const [, users] =
      /^aclfile (.*)$/m.exec(redisConfig({ port: 6379, memoryBytes: 1, persist: true })) ?? [];
    expect(script).toContain(`> ${passwordFile}\n`);
    expect(script).toContain(`of=${users}.new `);
    expect(script).toContain(`\\nuser ${REDIS_ADMIN} on #%s `);
    expect(script).toContain(`-e '^user ${REDIS_ADMIN} ' ${users} `);
    expect(redisCommand('port 1')).toEqual(['/bin/sh', '-c', script, 'sh', 'port 1']);
  });
});
