import type { BenchStack } from './bench-stack.ts';

export interface Scenario {
  /** For the command line. */
  readonly name: string;
  /** For the table. */
  readonly title: string;
  change(stack: BenchStack): Promise<unknown>;
}

/** Distinguishes each release from the one before it. */
let release = 0;

/** The next `up` makes a release that differs in one variable. */
function changeVariable(stack: BenchStack): void {
  release += 1;
  stack.edit(['backend', 'env', 'GREETING'], `hello ${release}`);
}

const rotate = (name: string, title: string, ...args: string[]): Scenario => ({
  name,
  title,
  change: (stack) => stack.run('rotate', ...args, '--yes'),
});

/** All that is done under load, in this order, after the measurement at rest. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'deploy',
    title: 'a deploy with a changed variable',
    change(stack) {
      changeVariable(stack);
      return stack.up();
    },
  },
  rotate('cookie', 'rotate cookie', 'cookie'),
  rotate('jwt', 'rotate jwt', 'jwt'),
  rotate('database', 'rotate database', 'database'),
  rotate('redis', 'rotate redis', 'redis'),
  rotate('all', 'rotate all four at once', '--all'),
  {
    name: 'failed-release',
    title: 'a release that crashes, and its repair',
    async change(stack) {
      const script = 'console.error("a release that cannot start"); process.exit(3)';
      stack.edit(['backend', 'command'], ['node', '-e', script]);
      const { stderr } = await stack.failingUp();
      if (!stderr.includes('a release that cannot start')) {
        throw new Error(`the failed release's last lines are not shown:\n${stderr}`);
      }
      stack.edit(['backend', 'command'], undefined);
      changeVariable(stack);
      await stack.up();
    },
  },
  {
    name: 'killed-start',
    title: 'an up killed while new replicas start, and the next one',
    async change(stack) {
      const before = await stack.replicas();
      changeVariable(stack);
      await stack.upKilledWhen('a new replica was there', async () =>
        (await stack.replicas()).some((id) => !before.includes(id)),
      );
      await stack.up();
    },
  },
  {
    name: 'killed-switch',
    title: 'an up killed as the traffic switches, and the next one',
    async change(stack) {
      const before = await stack.route();
      changeVariable(stack);
      await stack.upKilledWhen(
        'the traffic was switched',
        async () => (await stack.route()) !== before,
      );
      await stack.up();
    },
  },
  {
    name: 'edge',
    title: 'a changed stopGrace: the edge reloads its configuration',
    change(stack) {
      stack.edit(['backend', 'stopGrace'], '25s');
      return stack.up();
    },
  },
];
