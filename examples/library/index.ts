import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import { derivePlan, MedusaStack, requireStackFile } from 'medusa-infra';

// Releases, images and checks use the engine that the provider names.
const engine = new docker.Provider('engine', {
  host: process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock',
});

// The shop gets a secret from the program: here a setting, in a real program the output of another resource.
const shop = new MedusaStack(
  'shop',
  {
    file: 'stacks/shop.yaml',
    secrets: { paymentKey: new pulumi.Config().getSecret('paymentKey') ?? 'sk_test_example' },
  },
  { provider: engine },
);

// A second stack has its own network, database and secrets, and waits for the first one.
const outlet = new MedusaStack(
  'outlet',
  { file: 'stacks/outlet.yaml' },
  { provider: engine, dependsOn: [shop] },
);

// Without an engine or a cloud: what a stack file means.
const { stack } = requireStackFile('stacks/shop.yaml');
export const shopMemory = derivePlan(stack, { project: 'example', stack: 'shop' }).backend
  .memoryBytes;

export const urls = { shop: shop.url, outlet: outlet.url };
export const containers = { shop: shop.names, outlet: outlet.names };
export const environment = shop.environment;
