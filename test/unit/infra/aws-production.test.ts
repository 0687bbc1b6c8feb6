import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { StackSecrets } from '../../../infra/secrets.ts';
import { deployToAws } from '../../../infra/targets/aws.ts';
import { stackProvider } from '../../../infra/targets/aws-data.ts';
import { awsFacts } from '../../../infra/targets/aws-facts.ts';
import { derivePlan } from '../../../src/derive/derive.ts';
import { requireStackFile } from '../../../src/stack/load.ts';
import { debianImages } from '../derive/fixtures.ts';
import { answers, FakePublisher, FakeWork, outputs } from './aws-fakes.ts';
import { register } from './recorder.ts';

vi.setConfig({ testTimeout: 60_000 });

const prodFile = path.resolve(import.meta.dirname, '../../../stacks/prod.yaml');

/** From the stack file to the inputs of each resource. A change of it is to be read by eye. */
test('stacks/prod.yaml: every resource with its inputs', async () => {
  const { stack } = requireStackFile(prodFile);
  const plan = derivePlan(stack, { project: 'shop', stack: 'prod', images: debianImages });
  const { aws } = plan;
  if (!aws) throw new Error('the plan has no part for aws');
  const supplied = { stripeApiKey: 'supplied://stripe' };
  const resources = await register(
    async () => {
      const provider = stackProvider(aws, {});
      deployToAws({
        plan,
        aws,
        provider,
        facts: await awsFacts(plan, aws, { provider }),
        secrets: new StackSecrets('secret', { secrets: plan.secrets, supplied }),
        publisher: new FakePublisher(),
        work: new FakeWork(),
        prepareScript: '// prepare',
      });
    },
    { answers, outputs },
  );
  const shown = [...resources.values()]
    .filter(({ type }) => !type.startsWith('medusa-infra:'))
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
