import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DebianRegistry } from '../../support/debian-registry.ts';
import { servingTask } from '../../support/moto/account.ts';
import { awsProject, changesOf, smallImage } from '../../support/moto/aws-project.ts';
import { holdings } from '../../support/moto/holdings.ts';
import { ECR_USER, Moto } from '../../support/moto/moto.ts';
import { refusedRequests } from '../../support/moto/operator.ts';
import type { TestProject } from '../../support/project.ts';

const region = 'eu-central-1';
let registry: DebianRegistry;
let moto: Moto;
let project: TestProject;
let zone: string;

/** Everything that stacks/prod.yaml leaves at its default or chooses otherwise. */
const full = (image: string) => `
target: aws
environment: staging
backend: { image: ${image}, replicas: 2, cpu: 2, memory: 4Gi }
edge: { host: full.example.com, tls: auto }
database: { schema: shop }
plugins: [medusa-fulfillment-manual]
aws:
  region: ${region}
  logDays: 30
  network: { cidr: 10.20.0.0/16, zones: 3, nat: none, flowLogs: true }
  database: { kind: aurora, instances: 2, capacity: { min: 1, max: 8 }, backupDays: 7 }
  redis: { engine: valkey, replicas: 2 }
  backend:
    exec: true
    insights: true
    spotPercent: 50
    autoscaling:
      max: 8
      memory: 75
      requests: 1000
      schedule: [{ name: sale, at: cron(0 8 * * ? *), timezone: Europe/Berlin, min: 4, max: 8 }]
  edge: { zone: example.com, accessLogs: true, waf: true }
`;

/** The cheapest that runs. */
const small = (image: string) => `
target: aws
environment: development
backend: { image: ${image}, cpu: 250m, memory: 512Mi }
edge: { host: small.example.com, tls: off, port: 80 }
aws:
  region: ${region}
  network: { nat: single }
  edge: { zone: ${zone} }
`;

beforeAll(async () => {
  registry = await DebianRegistry.start(ECR_USER);
  moto = await Moto.start({ region, registry: registry.address });
  zone = await moto.createZone('example.com');
  project = await awsProject(moto, 'full', 'small');
  project.writeStack('Pulumi.full', {
    config: {
      ...moto.config,
      // With an account the provider asks S3 Control, at a host that begins with it: moto has none.
      'aws:skipCredentialsValidation': 'true',
      'aws:skipRequestingAccountId': 'true',
    },
  });
  const image = await smallImage(project.name);
  project.writeStack('full', full(image));
  project.writeStack('small', small(image));
  const ups = await Promise.all([project.up('full'), project.up('small')]);
  console.log(`two stacks side by side: ${ups.map(({ seconds }) => seconds.toFixed(1))} s`);
});

afterAll(async () => {
  await moto?.stop();
  await registry?.stop();
  await project?.cleanup();
});

const up = async (stack: string) =>
  changesOf(await project.run(['up', '-s', stack, '--yes', '--json']));

describe('a stack with all that AWS offers', () => {
  const name = () => `${project.name}-full`;

  it('x', async () => {
    console.log(await holdings(moto));
    console.log(JSON.stringify(await moto.ask('rds', 'describe_db_clusters')));
    console.log(JSON.stringify(await moto.ask('elasticache', 'describe_replication_groups')));
    console.log(
      JSON.stringify(
        await moto.ask('ecs', 'describe_services', { cluster: name(), services: ['backend'] }),
      ),
    );
    console.log(
      JSON.stringify(
        await moto.ask('application-autoscaling', 'describe_scaling_policies', {
          ServiceNamespace: 'ecs',
        }),
      ),
    );
    console.log(
      JSON.stringify(
        await moto.ask('application-autoscaling', 'describe_scheduled_actions', {
          ServiceNamespace: 'ecs',
        }),
      ),
    );
    console.log(JSON.stringify(await moto.ask('wafv2', 'list_web_acls', { Scope: 'REGIONAL' })));
    console.log(JSON.stringify(await moto.ask('ec2', 'describe_vpc_endpoints')).slice(0, 1500));
    console.log(await up('full'));
    console.log(await up('small'));
    const gone = await Promise.all(
      ['full', 'small'].map((stack) => project.run(['destroy', '-s', stack, '--yes'])),
    );
    console.log(gone.map(({ code, stderr }) => [code, stderr.slice(-600)]));
    console.log(await holdings(moto));
    console.log(refusedRequests(moto, { project: project.name, region, zone }));
    expect(1).toBe(1);
  });
});
