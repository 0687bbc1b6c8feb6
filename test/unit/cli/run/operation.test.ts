import { expect, test } from 'vitest';
import { Interrupted } from '../../../../src/cli/context.ts';
import { StackLockedError } from '../../../../src/cli/run/free-lock.ts';
import { runOperation } from '../../../../src/cli/run/operation.ts';
import { PulumiFailed, StackBusy } from '../../../../src/cli/run/pulumi-command.ts';
import { PulumiStack } from '../../../../src/cli/run/pulumi-stack.ts';
import type { Workspace } from '../../../../src/cli/run/workspace.ts';
import { folderWith, projectFiles, testContext } from '../../../support/unit/cli.ts';

/** A workspace of target aws, on which the engine is not looked at, and whose program is not the kit's. */
function workspaceWith(answers: readonly (() => string | Promise<string>)[]) {
  const calls: string[] = [];
  const rest = [...answers];
  let interrupts = 0;
  const pulumi = {
    run: async (args: readonly string[]) => {
      calls.push(args.join(' ').replaceAll(/127\.0\.0\.1:\d+/g, 'HERE'));
      return (rest.shift() ?? (() => ''))();
    },
    interrupt: () => {
      interrupts += 1;
    },
  };
  const root = folderWith(projectFiles);
  const workspace = {
    project: { root, name: 'shop', stacksDir: `${root}/stacks` },
    target: 'aws',
    state: { env: {}, chosenBy: 'token' },
    pulumi,
    env: {},
  } as unknown as Workspace;
  const stack = new PulumiStack('dev', { project: 'shop', pulumi, env: {} });
  return { workspace, stack, calls, interrupted: () => interrupts };
}

test('an update is one call of pulumi, and shows nothing of its own', async () => {
  const { workspace, stack, calls } = workspaceWith([]);
  const { context, written } = testContext();
  expect(await runOperation(context, workspace, stack, 'up')).toMatchObject({
    ok: true,
    changed: [],
    errors: [],
    outputs: {},
  });
  expect(calls).toEqual([
    'up --yes --skip-preview --color never --suppress-progress --skip-plugin-pre-install --event-log tcp://HERE --stack dev',
  ]);
  expect(written.err).toBe('deploying dev\n');
});

test.each([
  ['preview', true, 'preview'],
  ['destroy', undefined, 'destroy --yes --skip-preview'],
] as const)('%s with refresh %s', async (kind, refresh, expected) => {
  const { workspace, stack, calls } = workspaceWith([]);
  await runOperation(testContext().context, workspace, stack, kind, { refresh });
  expect(calls[0]?.startsWith(expected)).toBe(true);
  expect(calls[0]?.includes('--refresh=true')).toBe(refresh === true);
});

test('a failure is an outcome with what pulumi said', async () => {
  const { workspace, stack } = workspaceWith([
    () => {
      throw new PulumiFailed('error: the program failed');
    },
  ]);
  expect(await runOperation(testContext().context, workspace, stack, 'up')).toMatchObject({
    ok: false,
    errors: ['error: the program failed'],
  });
});

test('any other error is none of an operation', async () => {
  const { workspace, stack } = workspaceWith([
    () => {
      throw new TypeError('a mistake');
    },
  ]);
  await expect(runOperation(testContext().context, workspace, stack, 'up')).rejects.toThrow(
    TypeError,
  );
});

test('a stack that another update holds is refused', async () => {
  const { workspace, stack } = workspaceWith([
    () => {
      throw new StackBusy('the stack is currently locked by 1 lock(s)');
    },
  ]);
  const running = runOperation(testContext().context, workspace, stack, 'up');
  await expect(running).rejects.toBeInstanceOf(StackLockedError);
});

test('Ctrl-C asks pulumi to end, and is what the operation ends with', async () => {
  let press: () => void = () => {};
  const { context, written } = testContext({
    onInterrupt: (handler) => {
      press = handler;
      return () => {};
    },
  });
  const { workspace, stack, interrupted } = workspaceWith([
    () => {
      press();
      press();
      throw new PulumiFailed('error: update canceled');
    },
  ]);
  await expect(runOperation(context, workspace, stack, 'up')).rejects.toBeInstanceOf(Interrupted);
  expect(interrupted()).toBe(2);
  expect(written.err).toMatch(/stopping after the steps in progress/);
  expect(written.err).toMatch(/stopping at once; the next `medusa-infra up -s dev`/);
});
