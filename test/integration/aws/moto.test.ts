import { afterAll, beforeAll, expect, test } from 'vitest';
import { Moto } from '../../support/moto/moto.ts';

// Of the tests' own server: what it answers when many requests come at once, as the provider sends them.

const region = 'eu-central-1';
const rules = Array.from({ length: 32 }, (_, index) => 1000 + index);
let moto: Moto;

beforeAll(async () => {
  moto = await Moto.start({ region, switchSeconds: 1e-6 });
});

afterAll(() => moto?.stop());

/** One request of EC2's Query API; gives the answer's text. */
async function ec2(action: string, parameters: Record<string, string>): Promise<string> {
  const answer = await fetch(moto.url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/ec2/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: new URLSearchParams({ Action: action, Version: '2016-11-15', ...parameters }),
  });
  return answer.text();
}

const idIn = (answer: string, name: string) =>
  new RegExp(`<${name}>([^<]+)</${name}>`).exec(answer)?.[1] ?? `no ${name}: ${answer}`;

/** Makes or takes away all the rules of a group at once; gives the answers that are errors. */
async function allAtOnce(action: string, group: string): Promise<string[]> {
  const answers = await Promise.all(
    rules.map((port) =>
      ec2(action, {
        GroupId: group,
        'IpPermissions.1.IpProtocol': 'tcp',
        'IpPermissions.1.FromPort': String(port),
        'IpPermissions.1.ToPort': String(port),
        'IpPermissions.1.IpRanges.1.CidrIp': '10.0.0.0/8',
      }),
    ),
  );
  return answers.filter((answer) => !answer.includes('<return>true</return>'));
}

test('changes rules of one security group one after the other, however many requests come at once', async () => {
  const vpc = idIn(await ec2('CreateVpc', { CidrBlock: '10.0.0.0/16' }), 'vpcId');
  for (let round = 0; round < 12; round += 1) {
    const made = await ec2('CreateSecurityGroup', {
      GroupName: `group-${round}`,
      GroupDescription: 'rules',
      VpcId: vpc,
    });
    const group = idIn(made, 'groupId');
    expect(await allAtOnce('AuthorizeSecurityGroupIngress', group)).toEqual([]);
    expect(await allAtOnce('RevokeSecurityGroupIngress', group)).toEqual([]);
    const { SecurityGroups } = await moto.ask<{
      SecurityGroups: readonly { readonly IpPermissions: readonly object[] }[];
    }>('ec2', 'describe_security_groups', { GroupIds: [group] });
    expect(SecurityGroups.map(({ IpPermissions }) => IpPermissions)).toEqual([[]]);
  }
});
