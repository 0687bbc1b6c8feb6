import { expect, test } from 'vitest';
import { deployedTarget } from '../../../../src/cli/run/deployed-target.ts';
import { loadStack, targetOf } from '../../../../src/cli/stack.ts';
import { folderWith, testContext } from '../../../support/unit/cli.ts';

/** A project whose state has resources of these types in `dev`, but whose only stack file is `devx.yaml`. */
function renamed(types: readonly string[]) {
  const state = {
    version: 3,
    checkpoint: { latest: { resources: types.map((type) => ({ type })) } },
  };
  const root = folderWith({
    '.pulumi/stacks/shop/dev.json': JSON.stringify(state),
    'stacks/devx.yaml': 'target: docker\nbackend: { image: shop:1 }\n',
  });
  const tested = testContext({ env: { HOME: root, PULUMI_BACKEND_URL: `file://${root}` } });
  return { ...tested, project: { root, name: 'shop', stacksDir: `${root}/stacks` } };
}

const MISSING = 'there is no stack "dev" (dev.yaml in stacks); did you mean "devx"?';

test.each([
  ['docker', ['pulumi:pulumi:Stack', 'docker:index/network:Network']],
  ['aws', ['pulumi:pulumi:Stack', 'aws:ec2/vpc:Vpc']],
  ['aws', ['pulumi:pulumi:Stack', 'pulumi:providers:aws']],
] as const)('a stack on %s whose file was renamed goes by its state', (target, types) => {
  const { context, project, written } = renamed(types);
  expect(targetOf(context, project, 'dev')).toBe(target);
  expect(written.err).toBe('dev: its stack file is missing; going by its state\n');
});

test('what needs the file says that the stack is deployed, and how to remove it', () => {
  const { context, project } = renamed(['pulumi:pulumi:Stack']);
  expect(() => loadStack(context, project, 'dev')).toThrow(
    `${MISSING}; dev is deployed: put its file back under this name, or remove it: medusa-infra destroy -s dev`,
  );
});

test('a name with neither a file nor resources on this disk is a mistake', () => {
  const { context, project } = renamed([]);
  expect(() => targetOf(context, project, 'dev')).toThrow(MISSING);
  expect(() => loadStack(context, project, 'dev')).toThrow(MISSING);
  const remote = renamed(['aws:ec2/vpc:Vpc']);
  const env = { ...remote.context.env, PULUMI_BACKEND_URL: 's3://bucket' };
  expect(deployedTarget({ ...remote.context, env }, remote.project, 'dev')).toBeUndefined();
});
