import { StackSecrets } from '../../../infra/secrets.ts';
import { deployToAws } from '../../../infra/targets/aws/deploy.ts';
import { awsFacts } from '../../../infra/targets/aws/facts.ts';
import { stackProvider } from '../../../infra/targets/aws/provider.ts';
import { derivePlan } from '../../../src/derive/derive.ts';
import type { AwsResources } from '../../../src/derive/plan.ts';
import { answers, FakePublisher, FakeWatch, FakeWork, outputs } from './aws-fakes.ts';
import { awsPlan, withAwsResources } from './aws-plan.ts';
import { type Registered, register } from './recorder.ts';
import * as fixtures from './stack-files.ts';

let production: ReturnType<typeof deployChanged> | undefined;

/** The unchanged stack is deployed once: its resources do not change from test to test. */
export function deploy(
  ...args: Parameters<typeof deployChanged>
): ReturnType<typeof deployChanged> {
  if (args.length > 0) return deployChanged(...args);
  production ??= deployChanged();
  return production;
}

async function deployChanged(
  change: Partial<AwsResources> = {},
  options: {
    readonly preview?: boolean;
    readonly publisher?: FakePublisher;
    readonly work?: FakeWork;
    readonly watch?: FakeWatch;
    readonly answers?: Readonly<Record<string, object | (() => object)>>;
    readonly databaseLogGroups?: readonly string[];
    readonly config?: Readonly<Record<string, string>>;
  } = {},
) {
  const aws = { ...awsPlan, ...change };
  const plan = withAwsResources(
    {
      ...derivePlan(fixtures.staging, { ...fixtures.options, project: 'shop', stack: 'prod' }),
      backend: {
        ...derivePlan(fixtures.staging, fixtures.options).backend,
        image: { reference: 'ghcr.io/acme/shop:1.4.2' },
        environment: [],
      },
    },
    aws,
  );
  const publisher = options.publisher ?? new FakePublisher();
  const work = options.work ?? new FakeWork();
  const watch = options.watch ?? new FakeWatch();
  const supplied = { stripeApiKey: 'supplied://stripe' };
  let refused: unknown;
  const resources = await register(
    async () => {
      const provider = stackProvider(aws, options.config ?? {});
      const facts = await awsFacts(plan, { provider }).catch((error: unknown) => {
        refused = error;
      });
      if (!facts) return;
      deployToAws({
        plan,
        provider,
        facts,
        ...(options.databaseLogGroups ? { databaseLogGroups: options.databaseLogGroups } : {}),
        secrets: new StackSecrets('secret', { secrets: plan.secrets, supplied }),
        publisher,
        work,
        watch,
        prepareScript: '// prepare',
      });
    },
    {
      preview: options.preview ?? false,
      answers: { ...answers, ...options.answers },
      outputs,
    },
  );
  if (refused) throw refused;
  const get = (name: string): Registered => {
    const found = resources.get(name);
    if (!found) throw new Error(`no resource ${name}; there are ${[...resources.keys()]}`);
    return found;
  };
  return { resources, get, publisher, work, watch };
}

/** The object in an input that is JSON. */
export const jsonOf = (value: unknown) => JSON.parse(String(value)) as Record<string, never>;
/** An input that is a Pulumi secret; one that is not fails. */
export const secretOf = (input: unknown) => (input as { value?: unknown } | undefined)?.value;
export const containersOf = (definition: Registered) =>
  jsonOf(definition.inputs['containerDefinitions']) as unknown as Record<string, unknown>[];

/** What earlier runs have noted: the versions that were retired, and what prepared the database. */
export const marked = (
  retired: string,
  prepared = 'arn:prepare-definition database=2 redis=2 database-keeps=1',
) => ({
  'aws:ssm/getParametersByPath:getParametersByPath': {
    names: ['/shop/prod/prepared', '/shop/prod/retired'],
    values: [prepared, retired],
  },
});
