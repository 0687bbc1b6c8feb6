import { describe, expect, test, vi } from 'vitest';
import type { AwsResources } from '../../../../../src/derive/plan.ts';
import { allows, type IamPolicy } from '../../../../support/iam.ts';
import { deploy } from '../../../../support/unit/aws-deploy.ts';
import { awsPlan } from '../../../../support/unit/aws-plan.ts';

// A hundred resources through Pulumi's own runtime, many times.
vi.setConfig({ testTimeout: 60_000 });

describe('other shapes', () => {
  test('Aurora: a cluster with its capacity, and instances that the service waits for', async () => {
    const { kind, storageGib, maxStorageGib, storageType, multiAz, ...common } =
      awsPlan.database as Extract<AwsResources['database'], { kind: 'rds' }>;
    const { get } = await deploy({
      database: {
        ...common,
        kind: 'aurora',
        capacity: { min: 0.5, max: 4 },
        instances: 2,
        instanceClass: 'db.serverless',
      },
    });
    expect(get('database-cluster').inputs).toMatchObject({
      engine: 'aurora-postgresql',
      serverlessv2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 4 },
      storageEncrypted: true,
      manageMasterUserPassword: true,
    });
    expect(get('backend-service').dependsOn).toEqual(
      expect.arrayContaining(['database-instance-1', 'database-instance-2']),
    );
  });

  test('without NAT: endpoints in the VPC, and no way out', async () => {
    const { resources } = await deploy({
      network: {
        ...(awsPlan.network as Extract<AwsResources['network'], { kind: 'own' }>),
        nat: 'none',
        interfaceEndpoints: ['ecr.api', 'logs'],
      },
      securityGroups: [
        ...awsPlan.securityGroups,
        { name: 'endpoints', description: 'Endpoints', ingress: [], egress: [] },
      ],
    });
    const names = [...resources.keys()];
    expect(names.filter((name) => /nat|private-\d-internet/.test(name))).toEqual([]);
    expect(names.filter((name) => name.startsWith('endpoints-'))).toEqual([
      'endpoints-ecr-api',
      'endpoints-logs',
    ]);
  });

  test('without NAT: endpoints serve this account, and ECR its layers', async () => {
    const network = awsPlan.network as Extract<AwsResources['network'], { kind: 'own' }>;
    const { get } = await deploy({
      network: { ...network, nat: 'none', interfaceEndpoints: ['logs'] },
      securityGroups: [
        ...awsPlan.securityGroups,
        { name: 'endpoints', description: 'Endpoints', ingress: [], egress: [] },
      ],
      registry: {
        ...awsPlan.registry,
        url: '210987654321.dkr.ecr.eu-central-1.amazonaws.com/shop',
      },
    });
    const policyOf = (name: string): IamPolicy => JSON.parse(String(get(name).inputs['policy']));
    const may = (name: string, action: string, resource: string, context: object) =>
      allows([policyOf(name)], { action, resource, context: { ...context } });
    const own = { 'aws:PrincipalAccount': '123456789012' };
    const on = (account: string) => ({ ...own, 'aws:ResourceAccount': account });
    const [logs, s3] = ['endpoints-logs', 'network-s3-endpoint'];
    expect(may(logs, 'logs:PutLogEvents', '*', own)).toBe(true);
    expect(may(logs, 'logs:PutLogEvents', 'arn:group', on('123456789012'))).toBe(true);
    expect(may(logs, 'ecr:BatchGetImage', 'arn:shop', on('210987654321'))).toBe(true);
    expect(may(logs, 'logs:PutLogEvents', 'arn:group', on('999999999999'))).toBe(false);
    expect(may(logs, 'logs:PutLogEvents', '*', { 'aws:PrincipalAccount': '999999999999' })).toBe(
      false,
    );
    expect(may(s3, 's3:PutObject', 'arn:aws:s3:::uploads/a', on('123456789012'))).toBe(true);
    expect(may(s3, 's3:PutObject', 'arn:aws:s3:::theirs/a', on('999999999999'))).toBe(false);
    const layers = 'arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/1';
    expect(may(s3, 's3:GetObject', layers, {})).toBe(true);
    expect(may(s3, 's3:PutObject', layers, {})).toBe(false);
  });

  test('with NAT the endpoint of S3 is open, as the internet is', async () => {
    const { get } = await deploy();
    expect(get('network-s3-endpoint').inputs).not.toHaveProperty('policy');
  });

  test('https alone has the header that keeps browsers there', async () => {
    const header = 'routingHttpResponseStrictTransportSecurityHeaderValue';
    const edge = { ...awsPlan.edge, strictTransport: 'max-age=86400' };
    const { get } = await deploy({ edge });
    expect(get('edge-serving').inputs[header]).toBe('max-age=86400');
    expect(get('edge-redirect').inputs).not.toHaveProperty(header);
  });

  test('one NAT: both private subnets go through it', async () => {
    const { resources, get } = await deploy({
      network: {
        ...(awsPlan.network as Extract<AwsResources['network'], { kind: 'own' }>),
        nat: 'single',
      },
    });
    expect([...resources.keys()].filter((name) => /nat-\d$/.test(name))).toEqual(['network-nat-1']);
    expect(get('network-private-2-internet').inputs['natGatewayId']).toBe('network-nat-1-id');
  });

  test('your own VPC is used as it is', async () => {
    const { resources, get } = await deploy({
      network: {
        kind: 'existing',
        vpcId: 'vpc-1',
        publicSubnetIds: ['subnet-1', 'subnet-2'],
        privateSubnetIds: ['subnet-3', 'subnet-4'],
      },
    });
    expect([...resources.keys()].filter((name) => name.startsWith('network'))).toEqual([]);
    expect(get('edge-alb').inputs['subnets']).toEqual(['subnet-1', 'subnet-2']);
    expect(get('backend-service').inputs['networkConfiguration']).toMatchObject({
      subnets: ['subnet-3', 'subnet-4'],
    });
  });

  test('your own key, repository and bucket are used as they are', async () => {
    const { resources, get } = await deploy({
      key: { ...awsPlan.key, arn: 'arn:mine' },
      registry: { ...awsPlan.registry, url: 'ghcr.io/acme/shop' },
      edge: { ...awsPlan.edge, accessLogs: { bucket: 'mine', prefix: 'edge', days: 90 } },
    });
    const own = /^(key|images|access-logs)/;
    expect([...resources.keys()].filter((name) => own.test(name))).toEqual([]);
    expect(get('redis-group').inputs['kmsKeyId']).toBe('arn:mine');
    expect(get('edge-alb').inputs['accessLogs']).toMatchObject({ bucket: 'mine' });
  });

  test('a firewall with a rate limit and managed rules', async () => {
    const { get } = await deploy({
      edge: {
        ...awsPlan.edge,
        waf: {
          managedRules: ['AWSManagedRulesCommonRuleSet'],
          countedRules: { AWSManagedRulesCommonRuleSet: ['SizeRestrictions_BODY'] },
          rateLimit: 2000,
          loginLimit: { requests: 100, path: '^/store/auth$' },
        },
      },
    });
    expect(get('firewall-association').inputs).toEqual({
      resourceArn: 'arn:edge-alb',
      webAclArn: 'arn:firewall-acl',
    });
    expect(get('firewall-acl').inputs['rules']).toMatchObject([
      { name: 'rate-limit', priority: 0, statement: { rateBasedStatement: { limit: 2000 } } },
      {
        name: 'AWSManagedRulesCommonRuleSet',
        priority: 1,
        overrideAction: { none: {} },
        statement: {
          managedRuleGroupStatement: {
            ruleActionOverrides: [{ name: 'SizeRestrictions_BODY', actionToUse: { count: {} } }],
          },
        },
      },
      {
        name: 'login-limit',
        priority: 2,
        action: { block: {} },
        statement: {
          rateBasedStatement: {
            limit: 100,
            scopeDownStatement: {
              andStatement: {
                statements: [
                  { byteMatchStatement: { searchString: 'POST' } },
                  {
                    regexMatchStatement: {
                      regexString: '^/store/auth$',
                      textTransformations: [{ type: 'LOWERCASE' }],
                    },
                  },
                ],
              },
            },
          },
        },
      },
    ]);
  });
});

describe('what the account lacks is said before anything is made', () => {
  test('a hosted zone', async () => {
    const refused = deploy(
      { edge: { ...awsPlan.edge, zone: { name: 'example.org' } } },
      {
        answers: {
          'aws:route53/getZone:getZone': () => {
            throw new Error('no matching Route 53 Hosted Zone found');
          },
        },
      },
    );
    await expect(refused).rejects.toThrow(
      'aws.edge.zone: this account has no public hosted zone example.org; create it in Route 53, or name another',
    );
  });

  test('availability zones', async () => {
    const refused = deploy(
      {},
      {
        answers: {
          'aws:index/getAvailabilityZones:getAvailabilityZones': { names: ['eu-central-1a'] },
        },
      },
    );
    await expect(refused).rejects.toThrow(
      'aws.network.zones: eu-central-1 offers 1 to this account, got 2',
    );
  });
});
