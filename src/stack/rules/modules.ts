import type { Rule } from './rule.ts';

const pluginOnce: Rule = {
  name: 'plugin-once',
  about: 'Each plugin is listed once.',
  check: ({ stack, broken }) =>
    broken.some(([first]) => first === 'plugins')
      ? []
      : stack.plugins.flatMap(({ resolve }, index) => {
          const first = stack.plugins.findIndex((plugin) => plugin.resolve === resolve);
          return first < index
            ? [
                {
                  path: ['plugins', index],
                  message: `${resolve} is listed twice; keep one of them`,
                },
              ]
            : [];
        }),
};

export const moduleRules: readonly Rule[] = [pluginOnce];
