import { StackSecrets } from '../../../infra/secrets.ts';
import { deployToAws } from '../../../infra/targets/aws/deploy.ts';
import { awsFacts } from '../../../infra/targets/aws/facts.ts';
import { stackProvider } from '../../../infra/targets/aws/provider.ts';
import type { AwsConfig } from '../../../src/aws/config.ts';
import { derivePlan } from '../../../src/derive/derive.ts';
import { requireStackFile } from '../../../src/stack/load.ts';
import { answers, FakePublisher, FakeWatch, FakeWork, outputs } from './aws-fakes.ts';
import { type Registered, register } from './recorder.ts';
import { debianImages } from './stack-files.ts';

/** All resources that the kit's program registers for a stack file, components left out, in order. */
export async function recordStack(file: string, config: AwsConfig = {}): Promise<Registered[]> {
  const { stack } = requireStackFile(file);
  if (stack.target !== 'aws') throw new Error(`${file} is not for target aws`);
  const plan = derivePlan(stack, { project: 'shop', stack: 'prod', images: debianImages });
  const { aws } = plan;
  const registered = await register(
    async () => {
      const provider = stackProvider(aws, config);
      const supplied = Object.fromEntries(
        plan.secrets.flatMap(({ name, from }) => (from === 'config' ? [[name, 'supplied']] : [])),
      );
      deployToAws({
        plan,
        provider,
        facts: await awsFacts(plan, { provider }),
        secrets: new StackSecrets('secret', { secrets: plan.secrets, supplied }),
        publisher: new FakePublisher(),
        work: new FakeWork(),
        watch: new FakeWatch(),
        prepareScript: '// prepare',
      });
    },
    { answers, outputs },
  );
  return [...registered.values()].filter(({ type }) => !type.startsWith('medusa-infra:'));
}
