import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DebianRegistry } from '../../support/debian-registry.ts';
import { allows } from '../../support/iam.ts';
import { filesBelow, findLeaks, generatedValues } from '../../support/leaks.ts';
import {
  allTaskDefinitions,
  containerOf,
  containerSecrets,
  openToTheWorld,
  rolePolicies,
  servingTask,
} from '../../support/moto/account.ts';
import {
  awsProject,
  changesOf,
  edited,
  productionStack,
  smallImage,
} from '../../support/moto/aws-project.ts';
import { holdings } from '../../support/moto/holdings.ts';
import { ECR_USER, Moto } from '../../support/moto/moto.ts';
import { refusedRequests } from '../../support/moto/operator.ts';
import { ACCOUNT } from '../../support/operator-policies.ts';
import type { TestProject } from '../../support/project.ts';
import { NOT_IN_MOTO } from './not-in-moto.ts';
import { proofs, provenOnce } from './proven-once.ts';

const stack = 'prod';
const region = 'eu-central-1';
const stripeApiKey = 'sk_live_of_a_test_0123456789';
let registry: DebianRegistry;
let moto: Moto;
let project: TestProject;
let zone: string;
let name: string;
let text: string;
/** What the state held before the rotation. */
let rotatedAway: Record<string, string>;

beforeAll(async () => {
  registry = await DebianRegistry.start(ECR_USER);
  moto = await Moto.start({ region, registry: registry.address });
  zone = await moto.createZone('example.com');
  project = await awsProject(moto, stack);
  name = `${project.name}-${stack}`;
  write(productionStack(await smallImage(project.name)));
  const { code, stderr } = await project.run(['secrets', 'set', 'stripeApiKey', '-s', stack], {
    input: `${stripeApiKey}\n`,
  });
  expect(code, stderr).toBe(0);
  const { seconds } = await project.up(stack);
  console.log(`stacks/prod.yaml went up in ${seconds.toFixed(1)} s`);
});

afterAll(async () => {
  await moto?.stop();
  await registry?.stop();
  await project?.cleanup();
});

function write(content: string): void {
  text = content;
  project.writeStack(stack, content);
}

/** Deploys what the file says now, and returns what changed. */
async function up(): Promise<string[]> {
  return changesOf(await project.run(['up', '-s', stack, '--yes', '--json']));
}

const serving = () => servingTask(moto, name);

const backendSecrets = async () => containerSecrets(moto, containerOf(await serving(), 'backend'));

/** Values of all secrets that the state holds now, by logical name. */
async function stateValues(): Promise<Record<string, string>> {
  const { stdout } = await project.pulumi(stack, ['stack', 'export', '--show-secrets']);
  return generatedValues(stdout);
}

describe('stacks/prod.yaml on AWS', () => {
  test('is what the file says, as the account shows it', async () => {
    const { DBInstances } = await moto.ask<{ DBInstances: object[] }>(
      'rds',
      'describe_db_instances',
    );
    expect(DBInstances).toEqual([
      expect.objectContaining({
        Engine: 'postgres',
        DBInstanceClass: 'db.t4g.medium',
        AllocatedStorage: 50,
        MultiAZ: true,
        StorageEncrypted: true,
        PubliclyAccessible: false,
        BackupRetentionPeriod: 14,
        DeletionProtection: true,
      }),
    ]);
    const { ReplicationGroups } = await moto.ask<{ ReplicationGroups: object[] }>(
      'elasticache',
      'describe_replication_groups',
    );
    expect(ReplicationGroups).toEqual([
      expect.objectContaining({
        TransitEncryptionEnabled: true,
        AtRestEncryptionEnabled: true,
        AuthTokenEnabled: true,
        MemberClusters: [expect.any(String), expect.any(String)],
      }),
    ]);
  });

  test('lets the world in at ports 80 and 443 of the load balancer alone', async () => {
    const open = await openToTheWorld(moto);
    expect(open.map(({ FromPort, CidrIpv4 }) => [FromPort, CidrIpv4]).sort()).toEqual([
      [443, '0.0.0.0/0'],
      [80, '0.0.0.0/0'],
    ]);
  });

  test('runs images that are in the registry, by digest', async () => {
    const task = await serving();
    const images = new Set(task.containerDefinitions.map(({ image }) => image));
    for (const image of images) {
      expect(image).toMatch(new RegExp(`^${registry.address}/${name}@sha256:[0-9a-f]{64}$`));
      expect(await registry.has(image)).toBe(true);
    }
    expect(images.size).toBe(2);
  });

  test('changes nothing at a second up, which looks at every resource first', async () => {
    const before = await serving();
    expect(await up()).toEqual([]);
    expect(await serving()).toEqual(before);
  });

  test('lets the role that starts tasks read each secret of the task, and no other', async () => {
    const task = await serving();
    const policies = await rolePolicies(moto, task.executionRoleArn);
    const may = (resource: string) =>
      allows(policies, { action: 'secretsmanager:GetSecretValue', resource });
    const named = task.containerDefinitions
      .flatMap(({ secrets = [] }) => secrets)
      .map(({ valueFrom }) => valueFrom.split(':').slice(0, 7).join(':'));
    expect(new Set(named).size).toBe(7);
    expect(named.filter((arn) => !may(arn))).toEqual([]);
    const { ARN } = await moto.ask<{ ARN: string }>('secretsmanager', 'create_secret', {
      Name: `${name}/of-another`,
      SecretString: 'not theirs',
    });
    expect(may(ARN)).toBe(false);
    await moto.ask('secretsmanager', 'delete_secret', {
      SecretId: ARN,
      ForceDeleteWithoutRecovery: true,
    });
  });

  test('changes what the file changes, and nothing else', async () => {
    const before = await serving();
    write(
      edited(
        text,
        [/STRIPE_API_KEY: .*/, '$&\n    GREETING: good morning'],
        [/storage: 50Gi/, 'storage: 60Gi'],
        [/min: 2, max: 6/, 'min: 3, max: 5'],
      ),
    );
    expect(await up()).toEqual([
      'replace prepare-definition: containerDefinitions',
      'replace task-definition: containerDefinitions',
      'update backend-service: taskDefinition',
      'update database-instance: allocatedStorage maxAllocatedStorage',
      'update prepared: insecureValue value',
      'update scaling-target: maxCapacity minCapacity',
    ]);
    const after = await serving();
    expect(after.revision).toBe(before.revision + 1);
    expect(containerOf(after, 'backend').environment).toEqual(
      expect.arrayContaining([{ name: 'GREETING', value: 'good morning' }]),
    );
  });
});

describe('a rotation', () => {
  test('of all four makes a new revision with new versions, and ends what they replace', async () => {
    const before = { task: await serving(), secrets: await backendSecrets(), log: moto.log() };
    rotatedAway = await stateValues();
    const { code, stdout, stderr } = await project.run([
      'rotate',
      ...['cookie', 'database', 'jwt', 'redis', '-s', stack, '--yes'],
    ]);
    // Relative: where AWS's SDK repeats a call, it leaves a revision that nobody runs.
    const revision = before.task.revision + 1;
    expect(proofs(stdout), stderr).toEqual(provenOnce(project.name, stack, revision));
    expect(code).toBe(0);
    text = readFileSync(join(project.stacks, `${stack}.yaml`), 'utf8');
    // What the command says, seen with other eyes.
    const after = { task: await serving(), secrets: await backendSecrets() };
    expect(after.task.revision).toBe(revision);
    expect(new URL(before.secrets['DATABASE_URL'] ?? '').username).toBe('medusa_a');
    expect(new URL(after.secrets['DATABASE_URL'] ?? '').username).toBe('medusa_b');
    expect(after.secrets).toMatchObject({
      JWT_SECRET_PREVIOUS: JSON.stringify([before.secrets['JWT_SECRET']]),
      COOKIE_SECRET_PREVIOUS: JSON.stringify([before.secrets['COOKIE_SECRET']]),
      STRIPE_API_KEY: before.secrets['STRIPE_API_KEY'],
    });
    expect(moto.doneSince(before.log)).toEqual([
      `AUTH TOKEN ROTATE ${name}-redis`,
      expect.stringMatching(new RegExp(`^RUN TASK \\S+/${name}-prepare:3$`)),
      expect.stringMatching(new RegExp(`^RUN TASK \\S+/${name}-retire:2$`)),
      `AUTH TOKEN SET ${name}-redis`,
    ]);
  });
});

describe('what moto cannot do, and is therefore not proven here', () => {
  test.each(NOT_IN_MOTO)('$what (instead: $instead)', async ({ lacks }) => {
    expect(await lacks(moto, name)).toBe(true);
  });
});

describe('secret values', () => {
  test('are nowhere but in Secrets Manager and, encrypted, in the state', async () => {
    const values = { ...rotatedAway, ...(await stateValues()), stripeApiKey };
    expect(Object.keys(values)).toHaveLength(9);
    const definitions = await allTaskDefinitions(moto);
    expect(definitions.length).toBeGreaterThan(6);
    const places = [
      ...filesBelow(project.folder),
      ...project.transcript.map((printed, at) => ({ place: `output ${at}`, text: printed })),
      ...definitions.map((task) => ({ place: task.taskDefinitionArn, text: JSON.stringify(task) })),
      { place: 'the log of moto', text: moto.log() },
      { place: 'the calls of moto', text: JSON.stringify(moto.calls()) },
    ];
    expect(findLeaks(values, places)).toEqual([]);
    const kept = { place: 'Secrets Manager', text: JSON.stringify(await backendSecrets()) };
    expect(findLeaks(values, [kept])).toContain('Secrets Manager holds stripeApiKey');
  });
});

describe('destroy', () => {
  test('is refused while what keeps data is protected', async () => {
    const { code, stderr } = await project.run(['destroy', '-s', stack, '--yes']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/database-instance.*are protected.*nothing was removed/);
  });

  test('leaves the last snapshots and the key that opens them, and nothing else', async () => {
    write(
      edited(
        text,
        [/backupDays: 14/, '$&, deletionProtection: false'],
        [
          /\naws:/,
          '\naccept: [{ rule: aws-deletion-protection, reason: this store is given up }]\n$&',
        ],
      ),
    );
    expect(await up()).toEqual([
      'update database-instance: deletionProtection',
      'update edge-alb: enableDeletionProtection',
    ]);
    const lifted = await project.pulumi(stack, ['state', 'unprotect', '--all', '--yes']);
    expect(lifted.code, lifted.stderr).toBe(0);
    const { code, stderr } = await project.run(['destroy', '-s', stack, '--yes']);
    expect(code, stderr).toBe(0);
    expect(await holdings(moto)).toEqual([
      'kms Secrets, database, Redis, logs and images of a stack',
      expect.stringMatching(new RegExp(`^rds ${name}-database-[0-9a-f]{6}-final$`)),
    ]);
    // moto keeps none of ElastiCache: what it was asked for is all that can be seen.
    const asked = moto.calls().filter(({ operation }) => operation === 'DeleteReplicationGroup');
    expect(asked.map(({ parameters }) => parameters['FinalSnapshotIdentifier'])).toEqual([
      [expect.stringMatching(new RegExp(`^${name}-redis`))],
    ]);
  });
});

describe('the policy of the operator', () => {
  test('allows every call of all this', async () => {
    expect(moto.calls().length).toBeGreaterThan(500);
    expect(
      await refusedRequests(moto, { project: project.name, stack: name, region, zone }),
    ).toEqual([]);
  });

  test('allows none of the writing ones to somebody with another project', async () => {
    const another = { project: 'another', stack: 'another-prod', region, zone };
    const refused = await refusedRequests(moto, another);
    expect(refused.length).toBeGreaterThan(50);
    expect(refused).toEqual(
      expect.arrayContaining([
        `ecr:CreateRepository arn:aws:ecr:${region}:${ACCOUNT}:repository/${name}`,
        `ecs:UpdateService arn:aws:ecs:${region}:${ACCOUNT}:service/${name}/backend`,
        `elasticache:DeleteReplicationGroup arn:aws:elasticache:${region}:${ACCOUNT}:replicationgroup:${name}-redis`,
        `kms:CreateKey *`,
        `iam:PassRole arn:aws:iam::${ACCOUNT}:role/${name}-execution-${region}`,
        `ssm:PutParameter arn:aws:ssm:${region}:${ACCOUNT}:parameter/${project.name}/${stack}/retired`,
      ]),
    );
  });
});
