import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Files of src/container/runtime whose exported types a user sees, in the order in which they are joined. */
const PUBLIC_FILES = ['types', 'variables', 'problems', 'index'];

/** Names that the published runtime exports. */
const PUBLIC_NAMES = [
  'ConfigurationError',
  'acceptEarlierTokens',
  'defineMedusaConfig',
  'Environment',
];

/**
 * The runtime's declarations as one file without an import, which serves both `.d.ts` and `.d.cts`.
 * TypeScript writes one file a module; joined, their imports of each other are dropped.
 */
export function runtimeTypes(): string {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    strict: true,
    declaration: true,
    emitDeclarationOnly: true,
    allowImportingTsExtensions: true,
    removeComments: false,
    skipLibCheck: true,
  };
  const folder = fileURLToPath(new URL('../src/container/runtime/', import.meta.url));
  const written = new Map<string, string>();
  const program = ts.createProgram([`${folder}index.ts`], options);
  const { diagnostics } = program.emit(undefined, (file, text) => written.set(file, text));
  const errors = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (errors.length > 0) {
    throw new Error(ts.formatDiagnostics(errors, ts.createCompilerHost(options)));
  }
  const parts = PUBLIC_FILES.map((name) => {
    const text = written.get(`${folder}${name}.d.ts`);
    if (text === undefined) throw new Error(`no declarations of src/container/runtime/${name}.ts`);
    return publicPart(name, text);
  });
  return `${parts.join('\n')}\n`;
}

/** The declarations of one file without its imports and re-exports; only public names are exported. */
function publicPart(name: string, text: string): string {
  const source = ts.createSourceFile(`${name}.d.ts`, text, ts.ScriptTarget.ES2022, true);
  return source.statements
    .filter((node) => !ts.isImportDeclaration(node) && !ts.isExportDeclaration(node))
    .filter((node) => name === 'types' || PUBLIC_NAMES.includes(nameOf(node)))
    .map((node) => node.getFullText().trim())
    .join('\n');
}

function nameOf(node: ts.Statement): string {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations[0]?.name.getText() ?? '';
  const { name } = node as ts.Statement & { readonly name?: ts.Identifier };
  return name?.text ?? '';
}
