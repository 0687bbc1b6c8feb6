import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Modules that a user imports, from the package's root. */
const ENTRIES = ['infra/library/index.ts', 'infra/library/docker.ts', 'infra/library/aws.ts'];

/** A relative module in a declaration, with what is before it. */
const SPECIFIER = /(\bfrom |\bimport\()'(\.{1,2}\/[^']+)\.ts'/g;

/**
 * The declarations of the library, by path from the package's root: those of the entries and of all modules that
 * they refer to. TypeScript writes one file a module, with names of sources; here they are names of outputs.
 */
export function libraryTypes(): Map<string, string> {
  const written = emit();
  const needed = new Map<string, string>();
  const queue = ENTRIES.map(outputOf);
  for (const file of queue) {
    if (needed.has(file)) continue;
    const text = written.get(file);
    if (text === undefined) throw new Error(`TypeScript wrote no ${file}`);
    needed.set(
      file,
      text.replaceAll(SPECIFIER, (_, before, name) => {
        queue.push(join(dirname(file), `${name}.d.ts`));
        return `${before}'${name}.js'`;
      }),
    );
  }
  return needed;
}

function outputOf(source: string): string {
  return source.replace(/\.ts$/, '.d.ts');
}

/** All declarations, by path from the package's root. @throws Error with TypeScript's messages */
function emit(): Map<string, string> {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: ENTRIES }, ts.sys, root);
  const program = ts.createProgram(
    ENTRIES.map((entry) => join(root, entry)),
    {
      ...options,
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      // `npm run check` checks them; this halves the time.
      noCheck: true,
      stripInternal: true,
      rootDir: root,
      outDir: root,
    },
  );
  const written = new Map<string, string>();
  const { diagnostics } = program.emit(undefined, (file, text) =>
    written.set(relative(root, file), text),
  );
  if (diagnostics.length > 0) {
    throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost(options)));
  }
  return written;
}
