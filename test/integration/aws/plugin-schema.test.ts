import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ensureToolchain } from '../../../toolchain/ensure.ts';
import { type Properties, readSdk } from '../../support/npm-sdk.ts';
import {
  inputsOf,
  outputsOf,
  type PluginSchema,
  pluginSchema,
  typesOf,
} from '../../support/plugin-schema.ts';

// The plugin in use (built here or the vendor's) must be what the npm SDK was generated for.

/** The classes and functions that the built plugin maps: `ec2/Vpc`, `index/getRegion`. */
const mapped = [
  ...readFileSync('toolchain/go/plugin-aws/aws/names.go', 'utf8').matchAll(
    /^\t"aws_\w+": +"(\w+\/\w+)",$/gm,
  ),
].flatMap(([, name]) => name ?? []);

const isFunction = (name: string) => path.basename(name).startsWith('get');
const lowerFirst = (name: string) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
/** The module of the SDK that has it: `ec2/vpc`. */
const moduleOf = (name: string) =>
  path.posix.join(path.dirname(name).replace(/^index$/, '.'), lowerFirst(path.basename(name)));

const sdk = readSdk('aws', mapped.filter((name) => !isFunction(name)).map(moduleOf));

/** What the built plugin has otherwise, or lacks: its Terraform release is older than that of the npm package. */
const older: Readonly<Record<string, readonly string[]>> = {
  'ec2.FlowLog': ['tagFieldSpecifications'],
  'elasticache.ReplicationGroup': ['authTokenWo', 'authTokenWoVersion', 'durability'],
  'rds.Cluster': ['autoMinorVersionUpgrade', 'warningEventCategories'],
  'rds.ClusterInstance': ['warningEventCategories'],
  'rds.Instance': ['warningEventCategories'],
  'secretsmanager.Secret': ['replicas', 'type'],
};
const olderTypes: Readonly<Record<string, readonly string[]>> = {
  'ecs.ServiceDeploymentConfigurationLifecycleHook': [
    'hookTargetArn',
    'roleArn',
    'targetType',
    'timeoutConfiguration',
  ],
  'lb.ListenerRuleConditionSourceIp': ['ipAddressType', 'values'],
  's3.BucketObjectLockConfigurationRuleDefaultRetention': ['mode'],
};
const lackingTypes: readonly string[] = [
  'ec2.FlowLogTagFieldSpecification',
  'ecs.ServiceDeploymentConfigurationLifecycleHookTimeoutConfiguration',
];

/**
 * A rule's statements nest. The npm package has one type for all levels, Terraform one for each, so that only the names
 * of the properties of the outermost can be compared; `not` takes a list here.
 */
const nesting = /^wafv2\.WebAclRule/;
const inner = /Statement(Not|RuleGroupReference)Statement|ExcludedRule$/;

let schema: PluginSchema;
let built = false;

beforeAll(async () => {
  const toolchain = await ensureToolchain({
    log: (line) => console.error(line),
    parts: ['pulumi', 'plugin-aws'],
  });
  const part = toolchain.report.find((line) => line.part === 'plugin-aws');
  if (!part) throw new Error('no plugin aws in the report');
  built = part.origin === 'built';
  schema = await pluginSchema(toolchain, part.path);
});

/** The names under which the two have different things, or only one has any. */
function differences(ours: Properties | undefined, theirs: Properties | undefined): string[] {
  const names = [...Object.keys(ours ?? {}), ...Object.keys(theirs ?? {})];
  return names.filter((name) => ours?.[name] !== theirs?.[name]);
}

const unique = (names: readonly string[]) => [...new Set(names)].sort();

test.each(Object.entries(sdk.resources))('%s is that of the npm SDK', (type, resource) => {
  const found = schema.resources[resource.token];
  if (!found) throw new Error(`the plugin has no ${resource.token}`);
  const secrets = Object.entries(found.properties ?? {}).filter(([, { secret }]) => secret);
  const asSet = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, 'secret']));
  const different = [
    ...differences(inputsOf(found), resource.inputs),
    ...differences(outputsOf(found), resource.outputs),
    ...differences(asSet(secrets.map(([name]) => name)), asSet(resource.secrets)),
  ];
  expect(unique(different)).toEqual(built ? (older[type] ?? []) : []);
});

/** The names of the object types that these properties are made of, however deep. */
function reached(
  properties: readonly Properties[],
  types: Readonly<Record<string, Properties>>,
): Set<string> {
  const names = new Set<string>();
  const open = [...properties];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const [, name = ''] of Object.values(next)
      .join(' ')
      .matchAll(/ref:([\w.]+)/g)) {
      if (names.has(name)) continue;
      names.add(name);
      open.push(types[name] ?? {});
    }
  }
  return names;
}

test.each(['input', 'output'] as const)('the %s types are those of the npm SDK', (direction) => {
  const declared = direction === 'input' ? sdk.inputTypes : sdk.outputTypes;
  const types = typesOf(schema, direction);
  const roots = Object.values(sdk.resources).map((resource) => resource[`${direction}s`]);
  const names = [...reached(roots, declared)].filter((name) => !(built && inner.test(name)));
  expect(names.length).toBeGreaterThan(500);
  const lacking = names.filter((name) => !types[name]).sort();
  expect(lacking).toEqual(built ? lackingTypes : []);
  const compared = names.filter((name) => types[name]);
  const different = compared.flatMap((name): [string, string[]][] => {
    const names = built && nesting.test(name) ? namesOnly : (properties: Properties) => properties;
    const found = differences(names(types[name] ?? {}), names(declared[name] ?? {}));
    return found.length > 0 ? [[name, unique(found)]] : [];
  });
  expect(Object.fromEntries(different)).toEqual(built ? olderTypes : {});
});

const namesOnly = (properties: Properties): Properties =>
  Object.fromEntries(Object.keys(properties).map((name) => [name, '']));

test('the functions are those of the npm SDK', () => {
  const functions = mapped.filter(isFunction).map((name) => {
    const module = path.dirname(name);
    return `aws:${module}/${path.basename(name)}:${path.basename(name)}`;
  });
  expect(functions.length).toBeGreaterThan(0);
  expect(Object.keys(schema.functions)).toEqual(expect.arrayContaining(functions));
});

test('the program uses only what the built plugin has', () => {
  const known = [...mapped.map(moduleOf), 'provider'];
  const used = new Set<string>();
  for (const file of readdirSync('infra', { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(path.join('infra', file), 'utf8');
    for (const match of text.matchAll(/import (type )?[^;]*?'@pulumi\/aws(?:\/([\w/]+)\.js)?'/g)) {
      if (!match[1]) used.add(match[2] ?? 'all of @pulumi/aws');
    }
  }
  expect([...used].filter((module) => !known.includes(module))).toEqual([]);
});
