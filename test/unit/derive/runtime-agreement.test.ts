import { describe, expect, test } from 'vitest';
import { readMedusaConfig } from '../../../src/container/runtime/read-config.ts';
import { derivePlan } from '../../../src/derive/derive.ts';
import { fillTemplate } from '../../../src/derive/template.ts';
import type { StackFile } from '../../../src/stack/stack-file.ts';
import { medusaProject } from '../../support/medusa-project.ts';
import { dev, external, options, sqlite, staging } from '../../support/unit/stack-files.ts';

/** A stack's environment as its container has it, with values of the form that secrets have. */
function environmentOf(stack: StackFile): Record<string, string> {
  const values: Record<string, string> = {
    databaseUrl: 'postgres://u:p%2F@db.example.com/shop',
    redisUrl: 'rediss://:p%2F@cache.example.com:6380/1',
  };
  const { environment } = derivePlan(stack, options).backend;
  return Object.fromEntries(
    environment.map(({ name, value }) => [
      name,
      fillTemplate(
        value,
        (secret, version = 0) => values[secret] ?? `${secret}${version}`.repeat(16),
      ),
    ]),
  );
}

describe('the runtime reads what is derived', () => {
  test.each([
    ['dev', dev],
    ['staging', staging],
    ['external', { ...external, database: { ...external.database, ca: undefined } } as StackFile],
    ['sqlite', sqlite],
  ])('of a stack like %s', (_, stack) => {
    const { projectConfig, modules, plugins } = readMedusaConfig(
      environmentOf(stack),
      (config) => config,
      [medusaProject()],
    );
    expect({ projectConfig, modules, plugins }).toMatchSnapshot();
  });
});
