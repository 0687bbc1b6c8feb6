import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import ts from 'typescript';

/** A property as an SDK or a schema declares it: `string`, `array<ref:ContainerPort>`, with `?` when it may be absent. */
export type Properties = Readonly<Record<string, string>>;

/** What a Pulumi SDK of the npm registry says of one resource. */
export interface SdkResource {
  readonly token: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** Outputs that the SDK makes secret. */
  readonly secrets: readonly string[];
  /** Inputs whose description says that a change replaces the resource. */
  readonly replacing: readonly string[];
}

export interface Sdk {
  /** By class name. */
  readonly resources: Readonly<Record<string, SdkResource>>;
  /** Inputs of the provider itself. */
  readonly provider: Properties;
  /** Object types by name, as inputs and as outputs. */
  readonly inputTypes: Readonly<Record<string, Properties>>;
  readonly outputTypes: Readonly<Record<string, Properties>>;
}

const replaces = /will force the .* to be replaced|when changed, will trigger recreation/;

/**
 * Reads an SDK's declarations and code with the TypeScript compiler: all files at its top, or the given ones (`ec2/vpc`),
 * whose resources go by module and class (`ec2.Vpc`).
 */
export function readSdk(name: string, modules?: readonly string[]): Sdk {
  const manifest = createRequire(import.meta.url).resolve(`@pulumi/${name}/package.json`);
  const folder = path.dirname(manifest);
  const resources: Record<string, SdkResource> = {};
  let provider: Properties = {};
  const files =
    modules?.map((module) => `${module}.d.ts`) ??
    readdirSync(folder).filter((entry) => entry.endsWith('.d.ts'));
  for (const file of files) {
    const prefix = file.includes('/') ? `${path.dirname(file)}.` : '';
    const declarations = parse(path.join(folder, file));
    const code = path.join(folder, file.replace(/\.d\.ts$/, '.js'));
    for (const node of declarations.statements) {
      if (!ts.isClassDeclaration(node) || !node.name) continue;
      const base = node.heritageClauses?.[0]?.types[0]?.expression.getText();
      const args = interfaceOf(declarations, `${node.name.text}Args`);
      if (base === 'pulumi.ProviderResource') provider = properties(args?.members);
      if (base !== 'pulumi.CustomResource') continue;
      resources[`${prefix}${node.name.text}`] = {
        ...readCode(code),
        inputs: properties(args?.members),
        outputs: outputsOf(node),
        replacing: [...(args?.members ?? [])]
          .filter((member) => replaces.test(member.getFullText()))
          .map(nameOf)
          .sort(),
      };
    }
  }
  return {
    resources,
    provider,
    inputTypes: typesOf(path.join(folder, 'types', 'input.d.ts')),
    outputTypes: typesOf(path.join(folder, 'types', 'output.d.ts')),
  };
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
}

function interfaceOf(source: ts.SourceFile, name: string): ts.InterfaceDeclaration | undefined {
  return source.statements.find(
    (node): node is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(node) && node.name.text === name,
  );
}

function typesOf(file: string): Record<string, Properties> {
  let source: ts.SourceFile;
  try {
    source = parse(file);
  } catch {
    // An SDK without object types has no such file.
    return {};
  }
  return Object.fromEntries(typesIn(source.statements, ''));
}

/** Large SDKs have a namespace for each module. */
function typesIn(statements: readonly ts.Statement[], prefix: string): [string, Properties][] {
  return statements.flatMap((node) => {
    if (ts.isInterfaceDeclaration(node)) {
      return [[`${prefix}${node.name.text}`, properties(node.members)]] satisfies [
        string,
        Properties,
      ][];
    }
    if (!ts.isModuleDeclaration(node) || !node.body || !ts.isModuleBlock(node.body)) return [];
    // Of the configuration's variables, which are the provider's inputs once more.
    if (node.name.text === 'config') return [];
    return typesIn(node.body.statements, `${prefix}${node.name.text}.`);
  });
}

function properties(members: readonly ts.TypeElement[] | undefined): Properties {
  return sorted(
    (members ?? []).filter(ts.isPropertySignature).map((member) => {
      const optional = member.questionToken ? '?' : '';
      return [nameOf(member), `${typeText(member.type)}${optional}`];
    }),
  );
}

/** Outputs are the read-only fields; one whose output may be undefined is optional. */
function outputsOf(node: ts.ClassDeclaration): Properties {
  return sorted(
    node.members
      .filter(ts.isPropertyDeclaration)
      .filter((member) => !member.modifiers?.some((m) => m.kind === ts.SyntaxKind.StaticKeyword))
      .map((member) => {
        const optional = /\| undefined>$/.test(member.type?.getText() ?? '') ? '?' : '';
        return [nameOf(member), `${typeText(member.type)}${optional}`];
      }),
  );
}

/** The token and the secret outputs are in the code alone. */
function readCode(file: string): { token: string; secrets: string[] } {
  const found = { token: '', secrets: [] as string[] };
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyDeclaration(node) && nameOf(node) === '__pulumiType') {
      found.token = (node.initializer as ts.StringLiteral).text;
    }
    if (ts.isPropertyAssignment(node) && nameOf(node) === 'additionalSecretOutputs') {
      const list = node.initializer as ts.ArrayLiteralExpression;
      found.secrets = list.elements.map((element) => (element as ts.StringLiteral).text).sort();
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
}

function nameOf(node: { name?: ts.PropertyName | undefined }): string {
  const { name } = node;
  if (!name || !(ts.isIdentifier(name) || ts.isStringLiteral(name))) return '';
  return name.text;
}

function typeText(node: ts.TypeNode | undefined): string {
  if (!node) return 'any';
  if (ts.isTypeReferenceNode(node)) {
    const name = node.typeName.getText();
    if (name === 'pulumi.Input' || name === 'pulumi.Output')
      return typeText(node.typeArguments?.[0]);
    if (name.startsWith('enums.')) return 'string';
    return `ref:${name.replace(/^(inputs|outputs)\./, '')}`;
  }
  if (ts.isUnionTypeNode(node)) {
    return unionText(
      node.types.filter((type) => type.kind !== ts.SyntaxKind.UndefinedKeyword).map(typeText),
    );
  }
  if (ts.isArrayTypeNode(node)) return `array<${typeText(node.elementType)}>`;
  const member = ts.isTypeLiteralNode(node) ? node.members[0] : undefined;
  if (member && ts.isIndexSignatureDeclaration(member)) return `map<${typeText(member.type)}>`;
  return node.getText();
}

/** What else may stand for a string (its enum, a resource, a document) is a convenience of the SDK alone. */
export function unionText(types: readonly string[]): string {
  if (types.includes('string') && types.every((type) => type === 'string' || isReference(type))) {
    return 'string';
  }
  return [...new Set(types)].sort().join('|');
}

const isReference = (type: string) => type.startsWith('ref:');

function sorted(entries: (readonly [string, string])[]): Properties {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
