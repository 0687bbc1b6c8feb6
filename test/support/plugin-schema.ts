import path from 'node:path';
import { execa } from 'execa';
import type { Toolchain } from '../../toolchain/ensure.ts';
import { type Properties, unionText } from './npm-sdk.ts';

interface SchemaType {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: SchemaType;
  readonly additionalProperties?: SchemaType;
  readonly oneOf?: readonly SchemaType[];
  readonly secret?: boolean;
  readonly willReplaceOnChanges?: boolean;
}

interface SchemaObject {
  readonly properties?: Readonly<Record<string, SchemaType>>;
  readonly required?: readonly string[];
  readonly language?: { readonly nodejs?: { readonly requiredOutputs?: readonly string[] } };
}

interface SchemaResource extends SchemaObject {
  readonly inputProperties?: Readonly<Record<string, SchemaType>>;
  readonly requiredInputs?: readonly string[];
}

/** The part of a package's schema that is compared. */
export interface PluginSchema {
  readonly version?: string;
  readonly provider: SchemaResource;
  readonly resources: Readonly<Record<string, SchemaResource>>;
  readonly functions: Readonly<Record<string, unknown>>;
  readonly types?: Readonly<Record<string, SchemaObject>>;
}

/** Asks the plugin in use, whoever built it, for its schema. */
export async function pluginSchema(toolchain: Toolchain, file: string): Promise<PluginSchema> {
  const { stdout } = await execa(toolchain.pulumi, ['package', 'get-schema', file], {
    env: toolchain.env,
  });
  return JSON.parse(stdout) as PluginSchema;
}

export const inputsOf = (resource: SchemaResource): Properties =>
  describe(resource.inputProperties, resource.requiredInputs);

export const outputsOf = (resource: SchemaResource): Properties =>
  describe(resource.properties, resource.required);

/** Object types by name; what an output must have may differ from what an input must. */
export function typesOf(
  schema: PluginSchema,
  direction: 'input' | 'output',
): Readonly<Record<string, Properties>> {
  return Object.fromEntries(
    Object.entries(schema.types ?? {}).map(([token, object]) => [
      typeName(token),
      describe(
        object.properties,
        direction === 'output'
          ? (object.language?.nodejs?.requiredOutputs ?? object.required)
          : object.required,
      ),
    ]),
  );
}

function describe(
  properties: Readonly<Record<string, SchemaType>> | undefined,
  required: readonly string[] | undefined,
): Properties {
  return Object.fromEntries(
    Object.entries(properties ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, type]) => [name, `${typeText(type)}${required?.includes(name) ? '' : '?'}`]),
  );
}

function typeText(type: SchemaType): string {
  if (type.oneOf) return unionText(type.oneOf.map(typeText));
  if (type.$ref) return `ref:${typeName(type.$ref)}`;
  if (type.items) return `array<${typeText(type.items)}>`;
  if (type.type === 'object') {
    return `map<${type.additionalProperties ? typeText(type.additionalProperties) : 'string'}>`;
  }
  return type.type === 'integer' ? 'number' : (type.type ?? 'any');
}

/** `#/types/aws:ec2/VpcCidr:VpcCidr` is `ec2.VpcCidr` in the SDK; what is of the module `index` has no prefix there. */
function typeName(token: string): string {
  const [, module = '', name = ''] = token.split(':');
  const namespace = path.posix.dirname(module);
  return namespace === 'index' ? name : `${namespace}.${name}`;
}
