import type { AwsSection, DraftStack } from '../../stack-file.ts';
import type { Path } from '../../tree.ts';
import type { Finding, Rule, RuleContext } from '../rule.ts';
import { isSet, when } from '../rule.ts';

/** A check of stacks with target aws that have their section. */
export const onAws =
  (check: (aws: AwsSection, stack: DraftStack, context: RuleContext) => readonly Finding[]) =>
  (context: RuleContext): readonly Finding[] =>
    context.stack.target === 'aws' && context.stack.aws
      ? check(context.stack.aws, context.stack, context)
      : [];

const section: Rule = {
  name: 'aws-region',
  about: 'Target aws needs to know the region.',
  whole: true,
  check: ({ stack, broken }) =>
    when(stack.target === 'aws' && !stack.aws && !broken.some(([key]) => key === 'aws'), () => ({
      path: ['aws'],
      message: 'required with target aws; write aws: { region: eu-central-1 }, or another region',
    })),
};

/** Keys that say something about one kind, and are refused with the other. */
export const unlike = (base: Path, keys: readonly string[], context: RuleContext, why: string) =>
  keys
    .filter((key) => isSet(context, [...base, key]))
    .map((key): Finding => ({ path: [...base, key], message: why, atKey: true }));

const network: Rule = {
  name: 'aws-network',
  about: 'A VPC is made, or it is your own with its subnets.',
  whole: true,
  check: onAws(({ network: { existing } }, _, context) => {
    const base: Path = ['aws', 'network'];
    if (!existing) {
      const why = 'goes with aws.network.vpc; name your VPC, or remove the subnets';
      return unlike(base, ['publicSubnets', 'privateSubnets'], context, why);
    }
    const missing = (['publicSubnets', 'privateSubnets'] as const)
      .filter((key) => !isSet(context, [...base, key]))
      .map(
        (key): Finding => ({
          path: [...base, 'vpc'],
          message: `needs aws.network.${key}: two or more subnet ids in different zones`,
        }),
      );
    const why = 'not with aws.network.vpc: that network is your own; remove one of the two';
    return [...missing, ...unlike(base, ['cidr', 'zones', 'nat', 'flowLogs'], context, why)];
  }),
};

const cidr: Rule = {
  name: 'aws-cidr',
  about: 'The addresses of the VPC begin where a range of their size begins.',
  check: onAws(({ network: { cidr: range } }) => {
    const [address = '', bits = '16'] = range.split('/');
    const bytes = address.split('.').map(Number);
    const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    const size = 2 ** (32 - Number(bits));
    const path: Path = ['aws', 'network', 'cidr'];
    if (bytes.some((byte) => byte > 255)) {
      return [{ path, message: `numbers up to 255, got ${range}` }];
    }
    const start = value - (value % size);
    const shown = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join('.');
    return when(value % size !== 0, () => ({
      path,
      message: `a /${bits} begins at ${shown}, got ${range}; write ${shown}/${bits}`,
    }));
  }),
};

const stopGrace: Rule = {
  name: 'aws-stop-grace',
  about: 'Fargate gives a container two minutes to stop.',
  check: onAws((_, { backend }) =>
    when(backend.stopGrace > 120, () => ({
      path: ['backend', 'stopGrace'],
      message: `up to 120s on aws, got ${backend.stopGrace}s`,
    })),
  ),
};

const edgePort: Rule = {
  name: 'aws-edge-port',
  about: 'The load balancer listens on 443, or on 80 without TLS.',
  check: onAws((_, { edge: { port, tls } }) => {
    const right = tls === 'off' ? 80 : 443;
    return when(port !== right, () => ({
      path: ['edge', 'port'],
      message: `${right} on aws with tls: ${tls.startsWith('arn:') ? 'a certificate' : tls}, got ${port}; remove it`,
    }));
  }),
};

const edgeTls: Rule = {
  name: 'aws-tls',
  about:
    'Outside development TLS ends at the load balancer: it reports to the backend how it was reached, and over http Medusa sets no login cookie.',
  acceptable: true,
  whole: true,
  check: onAws((_, { edge, environment }) =>
    when(environment !== 'development' && edge.tls === 'off', () => ({
      path: ['edge', 'tls'],
      message: `auto or a certificate's ARN in ${environment}, also behind a CDN, got off`,
    })),
  ),
};

const certificate: Rule = {
  name: 'aws-certificate',
  about:
    'A certificate is proven in a Route 53 zone that the file names, or given by the ARN of one in the same region.',
  whole: true,
  check: onAws((aws, { edge }) => {
    if (edge.tls === 'auto') {
      return when(aws.edge.zone === undefined, () => ({
        path: ['edge', 'tls'],
        message:
          'auto needs aws.edge.zone, the Route 53 zone in which the host is proven; or give the ARN of a certificate',
      }));
    }
    const region = edge.tls.split(':')[3];
    return when(region !== undefined && region !== aws.region, () => ({
      path: ['edge', 'tls'],
      message: `a certificate of ${aws.region}, where the load balancer is, got one of ${region}`,
    }));
  }),
};

const zoneHost: Rule = {
  name: 'aws-zone-host',
  about: 'The host lies in the zone.',
  check: onAws(({ edge: { zone } }, { edge: { host } }) => {
    const byName = zone?.includes('.') ? zone : undefined;
    const inside = byName === undefined || host === byName || host.endsWith(`.${byName}`);
    return when(!inside, () => ({
      path: ['aws', 'edge', 'zone'],
      message: `a zone that ${host} (edge.host) lies in, got ${byName}`,
    }));
  }),
};

const sameRegion: Rule = {
  name: 'aws-same-region',
  about: 'Keys and web ACLs are those of the region.',
  check: onAws((aws) => {
    const named = [
      { path: ['aws', 'kmsKey'], arn: aws.kmsKey, what: 'a key' },
      { path: ['aws', 'edge', 'waf'], arn: aws.edge.waf, what: 'a web ACL' },
    ];
    return named.flatMap(({ path, arn, what }) => {
      const region = typeof arn === 'string' ? arn.split(':')[3] : undefined;
      return when(region !== undefined && region !== aws.region, () => ({
        path,
        message: `${what} of ${aws.region} (aws.region), got one of ${region}`,
      }));
    });
  }),
};

const autoscaling: Rule = {
  name: 'aws-autoscaling',
  about: 'Each range of tasks goes from its minimum to its maximum, and has its own name.',
  check: onAws(({ backend: { autoscaling: scaling } }, { backend }, context) => {
    if (!scaling) return [];
    const base: Path = ['aws', 'backend', 'autoscaling'];
    const written = isSet(context, [...base, 'min']);
    const whole = when(scaling.min > scaling.max, () => ({
      path: [...base, written ? 'min' : 'max'],
      message: written
        ? `min is at most max, got min ${scaling.min} and max ${scaling.max}`
        : `at least backend.replicas (${backend.replicas}), got ${scaling.max}`,
    }));
    const names = scaling.schedule.map(({ name }) => name);
    const each = scaling.schedule.flatMap(({ name, min, max }, index) => [
      ...when(min > max, () => ({
        path: [...base, 'schedule', index, 'min'],
        message: `min is at most max, got min ${min} and max ${max}`,
      })),
      ...when(names.indexOf(name) < index, () => ({
        path: [...base, 'schedule', index, 'name'],
        message: `${name} is taken; give each entry its own name`,
      })),
    ]);
    return [...whole, ...each];
  }),
};

const recovery: Rule = {
  name: 'aws-secret-recovery',
  about: 'Secrets Manager keeps a removed secret for 7 to 30 days, or not at all.',
  check: onAws(({ secretRecoveryDays: days }) =>
    when(days > 0 && days < 7, () => ({
      path: ['aws', 'secretRecoveryDays'],
      message: `0, or 7 to 30, got ${days}`,
    })),
  ),
};

export const awsRules: readonly Rule[] = [
  section,
  network,
  cidr,
  stopGrace,
  edgePort,
  edgeTls,
  certificate,
  zoneHost,
  sameRegion,
  autoscaling,
  recovery,
];
