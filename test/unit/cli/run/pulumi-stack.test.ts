import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import type { PulumiCommand } from '../../../../src/cli/run/pulumi-command.ts';
import { PulumiStack } from '../../../../src/cli/run/pulumi-stack.ts';
import { folderWith } from '../../../support/unit/cli.ts';

/** A stack whose `pulumi` answers with this. */
function stackWith(
  answer: (args: readonly string[]) => string,
  place: { backendFolder?: string; env?: Record<string, string> } = {},
) {
  const calls: string[] = [];
  const pulumi: PulumiCommand = {
    run: async (args) => {
      calls.push(args.join(' '));
      return answer(args);
    },
    interrupt: () => {},
  };
  return { calls, stack: new PulumiStack('dev', { project: 'shop', pulumi, env: {}, ...place }) };
}

const resources = [{ urn: 'urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev', type: 'x' }];

test('a state on this disk is read without pulumi', async () => {
  const backendFolder = folderWith({
    'stacks/shop/dev.json': JSON.stringify({
      version: 3,
      checkpoint: { latest: { resources } },
    }),
  });
  const { calls, stack } = stackWith(() => '{}', { backendFolder });
  expect(await stack.exportState()).toEqual({ version: 3, deployment: { resources } });
  expect(calls).toEqual([]);
});

test('any other state is exported, and decrypted, by pulumi', async () => {
  const { calls, stack } = stackWith(() =>
    JSON.stringify({ version: 3, deployment: { resources } }),
  );
  expect(await stack.state()).toEqual({ resources });
  expect(calls).toEqual(['stack export --stack dev', 'stack export --show-secrets --stack dev']);
});

test('a stack that was never deployed has an empty state', async () => {
  expect(await stackWith(() => '{"version": 3}').stack.state()).toEqual({});
});

test('a state is imported from a file that only its owner can read, and that is gone afterwards', async () => {
  let file = '';
  const { stack } = stackWith((args) => {
    file = args[args.indexOf('--file') + 1] ?? '';
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ version: 3 });
    throw new Error('refused');
  });
  await expect(stack.importState({ version: 3 })).rejects.toThrow('refused');
  expect(() => statSync(dirname(file))).toThrow('ENOENT');
});

test('it is unlocked and removed by name, its configuration as asked', async () => {
  const { calls, stack } = stackWith(() => '');
  await stack.cancel();
  await stack.remove({ keepConfig: true });
  await stack.remove({ keepConfig: false });
  expect(calls).toEqual([
    'cancel --yes dev',
    'stack rm --yes --force --preserve-config dev',
    'stack rm --yes --force dev',
  ]);
});

test('its configuration is plain text by key', async () => {
  const { stack } = stackWith(() => '{"aws:region": {"value": "eu-central-1"}, "shop:EMPTY": {}}');
  expect(await stack.config()).toEqual({ 'aws:region': 'eu-central-1', 'shop:EMPTY': '' });
});
