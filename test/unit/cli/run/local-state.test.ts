import { describe, expect, test } from 'vitest';
import { needsRefresh } from '../../../../src/cli/run/docker/look.ts';
import { localState } from '../../../../src/cli/run/local-state.ts';
import { PulumiStack } from '../../../../src/cli/run/pulumi-stack.ts';
import type { Workspace } from '../../../../src/cli/run/workspace.ts';
import { folderWith, testContext } from '../../../support/unit/cli.ts';

const checkpoint = (latest: object) => JSON.stringify({ version: 3, checkpoint: { latest } });

/** A project with a state on this disk. */
function place(latest: object) {
  const root = folderWith({ '.pulumi/stacks/shop/dev.json': checkpoint(latest) });
  const { context } = testContext({
    env: { HOME: root, PULUMI_BACKEND_URL: `file://${root}`, PULUMI_CONFIG_PASSPHRASE: 'x' },
  });
  return { context, project: { root, name: 'shop', stacksDir: `${root}/stacks` } };
}

describe('the local state', () => {
  test('of another secrets provider, or of a stack that is not there, is left to Pulumi', async () => {
    const { context, project } = place({ secrets_providers: { type: 'cloud' } });
    expect(await localState(context, project, 'dev')).toBeUndefined();
    expect(await localState(context, project, 'other')).toBeUndefined();
  });

  test('is none where the state is elsewhere', async () => {
    const { context, project } = place({});
    const elsewhere = { ...context, env: { ...context.env, PULUMI_BACKEND_URL: 's3://bucket' } };
    expect(await localState(elsewhere, project, 'dev')).toBeUndefined();
  });
});

describe('a refresh is needed', () => {
  const needed = (backend: string | undefined) => {
    const { context, project } = place({ resources: [] });
    const pulumi = { run: async () => '{"version": 3}', interrupt: () => {} };
    const workspace = { project, state: { env: {}, chosenBy: 'default', backend } };
    return needsRefresh(
      context,
      workspace as unknown as Workspace,
      new PulumiStack('dev', { project: 'shop', pulumi, env: {} }),
    );
  };

  test('where nothing was kept of an earlier up, and where the state is elsewhere', async () => {
    expect(await needed('file:///nonexistent')).toBe(true);
    expect(await needed('s3://bucket')).toBe(true);
    expect(await needed(undefined)).toBe(true);
  });
});
