import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PRICES, PRICES_AS_OF } from '../../src/derive/aws/prices.ts';
import { planRoles } from '../../src/derive/aws/roles.ts';
import { derivePlan } from '../../src/derive/derive.ts';
import type { AwsResources, ImageLock, PolicyResource, RolePlan } from '../../src/derive/plan.ts';
import { requireStackFile } from '../../src/stack/load.ts';
import { awsDataRules } from '../../src/stack/rules/aws/data.ts';
import { awsPolicyRules } from '../../src/stack/rules/aws/policies.ts';
import { awsRules } from '../../src/stack/rules/aws/target.ts';
import { OPERATOR_POLICY, operatorPolicies, policyStatement } from './operator/policy.ts';
import { BOUNDED_ROLES } from './operator/service.ts';

export const file = 'docs/aws.md';

const HOURS = 730;
const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** The page on disk, with the parts between its markers generated again from the code. */
export function render(): string {
  return Object.entries(PARTS).reduce(
    (text, [name, part]) => {
      const [start, end] = [`<!-- generated: ${name} -->`, '<!-- end -->'];
      const from = text.indexOf(start);
      const to = text.indexOf(end, from);
      if (from < 0 || to < 0) throw new Error(`${file}: no place for ${name}`);
      return `${text.slice(0, from + start.length)}\n${part()}\n${text.slice(to)}`;
    },
    readFileSync(path(file), 'utf8'),
  );
}

const PARTS: Readonly<Record<string, () => string>> = {
  costs: () => costs(prodPlan()),
  choices,
  policies,
  roles: () =>
    planRoles({
      region: 'REGION',
      partition: 'aws',
      database: true,
      exec: true,
      flowLogs: true,
      policyArns: [],
    })
      .map(roleText)
      .join('\n\n'),
  operator: operatorText,
};

/** `stacks/prod.yaml` as it is committed. */
function prodPlan(): AwsResources {
  const image = { ref: '', name: '', version: '17' };
  const images: ImageLock = {
    source: 'official',
    images: { postgres: image, redis: image, node: image, edge: image },
  };
  const { stack } = requireStackFile(path('stacks/prod.yaml'));
  if (stack.target !== 'aws') throw new Error('stacks/prod.yaml has no target aws');
  return derivePlan(stack, { project: 'medusa-infra', stack: 'prod', images }).aws;
}

function costs({ costs: { lines, monthlyTotal, pricesOf } }: AwsResources): string {
  return [
    `\`stacks/prod.yaml\`, list prices of ${pricesOf} in US dollars, ${PRICES_AS_OF}:`,
    '',
    '| part | calculation | per month |',
    '|---|---|---|',
    ...lines.map(({ name, detail, monthly }) => `| ${name} | ${detail} | ${dollars(monthly)} |`),
    `| **total** | | **${dollars(monthlyTotal)}** |`,
  ].join('\n');
}

function dollars(amount: number | undefined): string {
  return amount === undefined ? 'no price in the table' : amount.toFixed(2);
}

/** The monthly price of each choice, in every region of the price table. */
function choices(): string {
  const regions = Object.entries(PRICES);
  const row = (choice: string, hourly: (prices: (typeof regions)[0][1]) => number | undefined) =>
    `| ${choice} | ${regions
      .map(([, prices]) => {
        const price = hourly(prices);
        return price === undefined ? '–' : (price * HOURS).toFixed(2);
      })
      .join(' | ')} |`;
  return [
    `| choice | ${regions.map(([region]) => region).join(' | ')} |`,
    `|---|${regions.map(() => '---|').join('')}`,
    row('`network.nat: single`', (p) => p.natGateway + p.publicAddress),
    row('`network.nat: per-zone`, two zones', (p) => 2 * (p.natGateway + p.publicAddress)),
    row('`network.nat: none`, two zones (four endpoints in each)', (p) => 8 * p.interfaceEndpoint),
    row('`database.instance: db.t4g.micro`', (p) => p.rds['db.t4g.micro']),
    row('`database.instance: db.t4g.medium`', (p) => p.rds['db.t4g.medium']),
    row('the same with `multiAz: true`', (p) => 2 * (p.rds['db.t4g.medium'] ?? 0)),
    row('`database.kind: aurora`, each 0.5 units of each instance', (p) => p.auroraUnit / 2),
    row('each `cache.t4g.micro` node', (p) => p.redis['cache.t4g.micro']),
    row('each task of 0.5 CPU and 1 GiB', (p) => p.fargate.X86_64.cpu / 2 + p.fargate.X86_64.gib),
    row(
      'the same with `architecture: arm64`',
      (p) => p.fargate.ARM64.cpu / 2 + p.fargate.ARM64.gib,
    ),
  ].join('\n');
}

function policies(): string {
  return [
    '| rule | requires |',
    '|---|---|',
    ...[...awsRules, ...awsDataRules, ...awsPolicyRules]
      .filter(({ acceptable }) => acceptable)
      .map(({ name, about }) => `| \`${name}\` | ${about} |`),
  ].join('\n');
}

function roleText({ name, assumedBy, about, statements }: RolePlan): string {
  const head = `**\`${name}\`** (assumed by ${assumedBy}). ${about}.`;
  if (statements.length === 0) return head;
  return [
    head,
    '',
    '| statement | actions | on | why |',
    '|---|---|---|---|',
    ...statements.map(
      ({ sid, actions, resources, reason }) =>
        `| ${sid} | ${actions.map(code).join(', ')} | ${resources.map(resourceText).join(', ')} | ${reason} |`,
    ),
  ].join('\n');
}

const NAMES = {
  secrets: 'the secrets of the stack, one by one',
  'master-secret': "RDS's secret",
  key: 'the key',
  repository: 'the repository',
  'log-group': 'the log group',
  'flow-log-group': 'the log group for flow logs',
} as const;

function resourceText(resource: PolicyResource): string {
  return typeof resource === 'string' ? code(resource) : NAMES[resource.ref];
}

function operatorText(): string {
  return [
    '| statement | why |',
    '|---|---|',
    ...OPERATOR_POLICY.map(({ sid, reason }) => `| ${sid} | ${reason} |`),
    '',
    ...operatorPolicies().flatMap((policy, index) => folded(`Policy ${index + 1}`, policy)),
    ...folded(
      'With <code>aws.permissionsBoundary</code>: these statements instead of <code>Roles</code>',
      BOUNDED_ROLES.map(policyStatement),
    ),
  ].join('\n');
}

/** JSON below a line that opens it. */
function folded(summary: string, value: object): string[] {
  const json = JSON.stringify(value, null, 2);
  return [
    `<details><summary>${summary}</summary>`,
    '',
    '```json',
    json,
    '```',
    '',
    '</details>',
    '',
  ];
}

const code = (text: string) => `\`${text}\``;
