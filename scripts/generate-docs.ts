/**
 * Writes the files that are generated from code: `npm run docs`. With `--check` it writes nothing and
 * fails where a file on disk differs, so that documentation cannot drift.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as aws from './docs/aws.ts';
import * as awsAudit from './docs/aws-audit.ts';
import * as cli from './docs/cli.ts';
import * as environment from './docs/environment.ts';
import * as errors from './docs/errors.ts';
import * as rotation from './docs/rotation.ts';
import * as schemaJson from './docs/schema-json.ts';
import * as stackFile from './docs/stack-file.ts';

interface Generator {
  /** Path from the repository's root. */
  readonly file: string;
  readonly render: () => string;
}

const GENERATORS: readonly Generator[] = [
  { file: stackFile.file, render: stackFile.render },
  { file: schemaJson.file, render: schemaJson.render },
  { file: environment.file, render: environment.render },
  { file: cli.file, render: cli.render },
  { file: errors.file, render: errors.render },
  { file: aws.file, render: aws.render },
  { file: awsAudit.file, render: awsAudit.render },
  { file: rotation.file, render: rotation.render },
];

const check = process.argv.includes('--check');
const drifted: string[] = [];
for (const { file, render } of GENERATORS) {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  const wanted = render();
  if (existsSync(path) && readFileSync(path, 'utf8') === wanted) continue;
  drifted.push(file);
  if (!check) writeFileSync(path, wanted);
}
if (check && drifted.length > 0) {
  console.error(`Out of date: ${drifted.join(', ')}; run: npm run docs`);
  process.exitCode = 1;
} else {
  console.log(
    drifted.length > 0 ? `Wrote ${drifted.join(', ')}.` : 'Generated files are up to date.',
  );
}
