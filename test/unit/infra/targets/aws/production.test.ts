import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { recordStack } from '../../../../support/unit/recorded-stack.ts';

vi.setConfig({ testTimeout: 60_000 });

const prodFile = path.resolve(import.meta.dirname, '../../../../../stacks/prod.yaml');

/** From the stack file to the inputs of each resource. A change of it is to be read by eye. */
test('stacks/prod.yaml: every resource with its inputs', async () => {
  const resources = await recordStack(prodFile);
  const shown = resources
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .map(({ name, type, protect, inputs }) => ({
      [`${name} (${type.split('/').at(-1)})${protect ? ' protected' : ''}`]: readable(inputs),
    }));
  expect(shown).toMatchSnapshot();
});

/** JSON texts as what they say, secrets by a word, and digests of what was built left out. */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value === 'string') {
    if (/^[[{]/.test(value)) return readable(JSON.parse(value));
    return value.replace(/(release|sql)-[0-9a-f]{16}/g, '$1-<digest>');
  }
  if (typeof value !== 'object' || value === null) return value;
  if ('value' in value && Object.keys(value).some((key) => /^[0-9a-f]{32}$/.test(key))) {
    return '<secret>';
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, readable(each)]));
}
