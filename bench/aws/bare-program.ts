import type { Registered } from '../../test/support/unit/recorder.ts';

/** Marks a secret among the recorded inputs (Pulumi's signature of special values). */
const SIGNATURE = '4dabf18193072939515e22adb298388d';

/** Outputs of resources that others use, as the recording's mocks name them. */
const OUTPUTS: readonly { readonly kind: string; readonly text: string; readonly path: string }[] =
  [
    { kind: 'Instance', text: 'db.internal', path: 'address' },
    { kind: 'Instance', text: 'arn:master', path: 'masterUserSecrets[0].secretArn' },
    { kind: 'ReplicationGroup', text: 'redis.internal', path: 'primaryEndpointAddress' },
    { kind: 'LoadBalancer', text: 'alb.amazonaws.com', path: 'dnsName' },
    { kind: 'LoadBalancer', text: 'ZALB', path: 'zoneId' },
    { kind: 'LoadBalancer', text: 'app/shop-prod/1', path: 'arnSuffix' },
    { kind: 'TargetGroup', text: 'targetgroup/shop/2', path: 'arnSuffix' },
    { kind: 'VpcEndpoint', text: 'pl-s3', path: 'prefixListId' },
    { kind: 'RandomId', text: 'abc123', path: 'hex' },
    {
      kind: 'Repository',
      text: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/prod',
      path: 'repositoryUrl',
    },
    ...['resourceRecordName', 'resourceRecordType', 'resourceRecordValue'].map(
      (property, index) => ({
        kind: 'Certificate',
        text: ['_proof.shop.example.com', 'CNAME', '_value.acm.aws'][index] ?? '',
        path: `domainValidationOptions[0].${property}`,
      }),
    ),
  ];

/** What the account is asked for, as anybody's program has to. */
const ASKED: readonly (readonly [text: string, expression: string])[] = [
  ['123456789012', 'identity.accountId'],
  ['eu-central-1a', 'zones.names[0]'],
  ['eu-central-1b', 'zones.names[1]'],
  ['ZBYNAME', 'zone.zoneId'],
];

export type Style =
  /** JavaScript that imports each resource's own module. */
  | 'modules'
  /** TypeScript that imports the provider's package, as Pulumi's templates do. */
  | 'whole';

/**
 * The program that somebody writes by hand for the same resources: no component, no stack file, each
 * resource with its inputs as literals, and what it takes of another as that one's output.
 */
export function bareProgram(resources: readonly Registered[], style: Style): string {
  const references = new References(resources);
  const statements = resources.map((resource, index) => {
    const { className, from } = moduleOf(resource.type);
    const made = style === 'whole' && from.whole ? from.whole : className;
    const inputs = references.expression(withoutProvider(resource), index);
    const used = references.usedIn(inputs);
    const after = resource.dependsOn
      .map((name) => resources.findIndex((other) => other.name === name))
      .filter((other) => other >= 0 && other < index && !used.has(other))
      .map((other) => `r${other}`);
    const options = [
      ...(resource.type.startsWith('aws:') ? ['provider: r0'] : []),
      ...(resource.protect ? ['protect: true'] : []),
      ...(after.length > 0 ? [`dependsOn: [${after.join(', ')}]`] : []),
    ];
    return `const r${index} = new ${made}(${JSON.stringify(resource.name)}, ${inputs}, { ${options.join(', ')} });`;
  });
  const [provider = '', ...others] = statements;
  return `${[...imports(resources, style), provider, ...questions(style), ...others].join('\n')}\n`;
}

function withoutProvider({ type, inputs }: Registered): unknown {
  if (type !== 'pulumi:providers:aws') return inputs;
  // A provider gets what is no text as JSON.
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [
      key,
      typeof value === 'string' && /^[[{]|^(true|false)$/.test(value) ? JSON.parse(value) : value,
    ]),
  );
}

interface ModuleOf {
  readonly className: string;
  readonly from: { readonly module: string; readonly whole?: string };
}

function moduleOf(type: string): ModuleOf {
  if (type === 'pulumi:providers:aws') {
    const from = { module: '@pulumi/aws/provider.js', whole: 'aws.Provider' };
    return { className: 'Provider', from };
  }
  const [provider = '', path = '', name = ''] = type.split(':');
  const [space = '', file = ''] = path.split('/');
  const module = `@pulumi/${provider}/${space === 'index' ? '' : `${space}/`}${file}.js`;
  const className = `${space === 'index' ? '' : space}${name}`;
  return provider === 'aws'
    ? { className, from: { module, whole: `aws.${space}.${name}` } }
    : { className, from: { module } };
}

function imports(resources: readonly Registered[], style: Style): string[] {
  const found = new Map<string, string>();
  for (const { type } of resources) {
    const { className, from } = moduleOf(type);
    if (style === 'whole' && from.whole) continue;
    const name = type.split(':').at(-1) ?? '';
    const exported = type.startsWith('pulumi:providers:') || name === className;
    const names = exported ? className : `${name} as ${className}`;
    found.set(className, `import { ${names} } from '${from.module}';`);
  }
  const pulumi = `import * as pulumi from '@pulumi/pulumi';`;
  if (style === 'whole') return [pulumi, `import * as aws from '@pulumi/aws';`, ...found.values()];
  const asked = ['getAvailabilityZones', 'getCallerIdentity'].map(
    (name) => `import { ${name}Output } from '@pulumi/aws/${name}.js';`,
  );
  const zone = `import { getZoneOutput } from '@pulumi/aws/route53/getZone.js';`;
  return [pulumi, ...asked, zone, ...found.values()];
}

function questions(style: Style): string[] {
  const aws = style === 'whole' ? 'aws.' : '';
  const route53 = style === 'whole' ? 'aws.route53.' : '';
  return [
    `const identity = ${aws}getCallerIdentityOutput({}, { provider: r0 });`,
    `const zones = ${aws}getAvailabilityZonesOutput({ state: 'available' }, { provider: r0 });`,
    `const zone = ${route53}getZoneOutput({ name: 'example.com', privateZone: false }, { provider: r0 });`,
  ];
}

/** Finds in recorded texts what came from another resource, and writes it as that one's output. */
class References {
  readonly #texts: readonly (readonly [text: string, expression: string, index: number])[];

  constructor(resources: readonly Registered[]) {
    const outputs = resources.flatMap(({ type, name }, index) => {
      const kind = type.split(':').at(-1);
      if (type === 'pulumi:providers:aws') return [];
      return [
        [`arn:${name}`, `r${index}.arn`, index],
        [`${name}-key-id`, `r${index}.keyId`, index],
        [`version-of-${name}`, `r${index}.versionId`, index],
        [`value-of-${name}`, `r${index}.result`, index],
        [`${name}.fqdn`, `r${index}.fqdn`, index],
        [`${name}-id`, `r${index}.id`, index],
        ...OUTPUTS.filter((each) => each.kind === kind).map(
          ({ text, path }) => [text, `r${index}.${path}`, index] as const,
        ),
      ] as (readonly [string, string, number])[];
    });
    const asked = ASKED.map(([text, expression]) => [text, expression, -1] as const);
    // The longest first: a name may begin another's.
    this.#texts = [...outputs, ...asked].sort(([left], [right]) => right.length - left.length);
  }

  expression(value: unknown, before: number): string {
    if (Array.isArray(value)) {
      return `[${value.map((each) => this.expression(each, before)).join(', ')}]`;
    }
    if (typeof value === 'string') return this.#text(value, before);
    if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
    if (SIGNATURE in value) {
      return `pulumi.secret(${this.expression((value as unknown as { value: unknown }).value, before)})`;
    }
    const entries = Object.entries(value)
      .filter(([key]) => key !== '__defaults')
      .map(([key, each]) => `${JSON.stringify(key)}: ${this.expression(each, before)}`);
    return `{ ${entries.join(', ')} }`;
  }

  usedIn(text: string): ReadonlySet<number> {
    return new Set([...text.matchAll(/\br(\d+)\./g)].map(([, index]) => Number(index)));
  }

  #text(text: string, before: number): string {
    const parts = this.#split(text, before);
    const [only] = parts;
    if (parts.length === 1 && only) return only.literal ? JSON.stringify(only.text) : only.text;
    const inner = parts.map(({ text: part, literal }) =>
      literal
        ? JSON.stringify(part)
            .slice(1, -1)
            .replace(/\\"/g, '"')
            .replace(/`|\$\{/g, '\\$&')
        : `\${${part}}`,
    );
    return `pulumi.interpolate\`${inner.join('')}\``;
  }

  #split(text: string, before: number): { readonly text: string; readonly literal: boolean }[] {
    for (const [wanted, expression, index] of this.#texts) {
      if (index >= before && index !== -1) continue;
      const at = text.indexOf(wanted);
      if (at < 0) continue;
      const [left, right] = [text.slice(0, at), text.slice(at + wanted.length)];
      return [
        ...(left ? this.#split(left, before) : []),
        { text: expression, literal: false },
        ...(right ? this.#split(right, before) : []),
      ];
    }
    return [{ text, literal: true }];
  }
}
