import { expect, test } from 'vitest';
import { bareProgram } from '../../../bench/aws/bare-program.ts';
import type { Registered } from '../../support/unit/recorder.ts';

const registered = (type: string, name: string, inputs: object, more = {}): Registered => ({
  type,
  name,
  parent: '',
  inputs: inputs as Registered['inputs'],
  dependsOn: [],
  deleteBeforeReplace: false,
  retainOnDelete: false,
  protect: false,
  importId: '',
  ignoreChanges: [],
  replaceOnChanges: [],
  additionalSecretOutputs: [],
  ...more,
});

const resources = [
  registered('pulumi:providers:aws', 'aws', { region: 'eu-central-1', endpoints: '[{"ec2":"x"}]' }),
  registered('aws:ec2/vpc:Vpc', 'network', { cidrBlock: '10.0.0.0/16' }),
  registered('aws:ec2/subnet:Subnet', 'network-public', {
    vpcId: 'network-id',
    availabilityZone: 'eu-central-1b',
  }),
  registered('random:index/randomPassword:RandomPassword', 'password', { length: 8 }),
  registered(
    'aws:ssm/parameter:Parameter',
    'url',
    {
      value: {
        '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
        value: 'redis://:value-of-password@`host`/network-public-id',
      },
    },
    { protect: true, dependsOn: ['network', 'network-public'] },
  ),
];

test('what comes from another resource or from the account is taken as its output', () => {
  expect(bareProgram(resources, 'modules')).toMatchInlineSnapshot(`
    "import * as pulumi from '@pulumi/pulumi';
    import { getAvailabilityZonesOutput } from '@pulumi/aws/getAvailabilityZones.js';
    import { getCallerIdentityOutput } from '@pulumi/aws/getCallerIdentity.js';
    import { getZoneOutput } from '@pulumi/aws/route53/getZone.js';
    import { Provider } from '@pulumi/aws/provider.js';
    import { Vpc as ec2Vpc } from '@pulumi/aws/ec2/vpc.js';
    import { Subnet as ec2Subnet } from '@pulumi/aws/ec2/subnet.js';
    import { RandomPassword } from '@pulumi/random/randomPassword.js';
    import { Parameter as ssmParameter } from '@pulumi/aws/ssm/parameter.js';
    const r0 = new Provider("aws", { "region": "eu-central-1", "endpoints": [{ "ec2": "x" }] }, {  });
    const identity = getCallerIdentityOutput({}, { provider: r0 });
    const zones = getAvailabilityZonesOutput({ state: 'available' }, { provider: r0 });
    const zone = getZoneOutput({ name: 'example.com', privateZone: false }, { provider: r0 });
    const r1 = new ec2Vpc("network", { "cidrBlock": "10.0.0.0/16" }, { provider: r0 });
    const r2 = new ec2Subnet("network-public", { "vpcId": r1.id, "availabilityZone": zones.names[1] }, { provider: r0 });
    const r3 = new RandomPassword("password", { "length": 8 }, {  });
    const r4 = new ssmParameter("url", { "value": pulumi.secret(pulumi.interpolate\`redis://:\${r3.result}@\\\`host\\\`/\${r2.id}\`) }, { provider: r0, protect: true, dependsOn: [r1] });
    "
  `);
});

test('the whole provider by one import', () => {
  const program = bareProgram(resources, 'whole');
  expect(program).toContain("import * as aws from '@pulumi/aws';");
  expect(program).not.toContain('@pulumi/aws/');
  expect(program).toContain('const r1 = new aws.ec2.Vpc("network", ');
});
