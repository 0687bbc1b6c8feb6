// `npm test`: the whole suite, one step after the other, and one closing line for all of it.
// Plain JavaScript without dependencies: it runs right after scripts/bootstrap.mjs.
//   node scripts/test.mjs                  everything
//   node scripts/test.mjs static unit      only these steps
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const out = mkdtempSync(join(tmpdir(), 'medusa-infra-test-'));
const report = (name) => join(out, `${name}.json`);
const vitest = (name, ...args) => [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report(name)}`,
  ...args,
];

/** Each step: what it is for a reader, the node arguments, and whether it writes a vitest report. */
const steps = {
  static: {
    title: 'format, lint, types, layers, unused code, generated files',
    args: ['--run', 'check'],
  },
  unit: {
    title: 'unit tests with coverage',
    args: vitest('unit', '--project', 'unit', '--coverage'),
    report: true,
  },
  toolchain: { title: 'toolchain', args: ['--run', 'toolchain'] },
  'unit-newer-node': {
    title: 'unit tests on the Node that Pulumi programs run on',
    args: ['--run', 'test:newer-node', '--', ...vitest('unit-newer-node', '--project', 'unit')],
    report: true,
  },
  integration: {
    title: 'integration tests on a real engine',
    args: vitest('integration', '--project', 'integration*'),
    report: true,
  },
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in steps));
if (unknown.length > 0) {
  console.error(`unknown step ${unknown.join(', ')}; there are: ${Object.keys(steps).join(', ')}`);
  process.exit(2);
}

const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
/** Of every failed test its name and first line: a long log is often seen from its end only. */
const failures = [];
for (const [name, step] of Object.entries(steps)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n== ${name}: ${step.title}`);
  const start = Date.now();
  const [command, args] =
    step.args[0] === '--run'
      ? ['npm', ['run', '--silent', ...step.args.slice(1)]]
      : [process.execPath, step.args];
  const { status, signal } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (signal) process.exit(130);
  const counts = step.report ? readReport(name) : { passed: 0, failed: 0, skipped: 0 };
  // A step that fails without a failed test (a crash, a coverage floor, a static check) counts as one.
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  if (!step.report && status === 0) counts.passed = 1;
  for (const key of Object.keys(total)) total[key] += counts[key];
  lines.push(
    `${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${Math.round((Date.now() - start) / 1000)} s)`,
  );
}
rmSync(out, { recursive: true, force: true });

if (failures.length > 0) console.log(`\n${failures.join('\n')}`);
console.log(`\n${lines.join('\n')}\n`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed > 0 ? 1 : 0);

function readReport(name) {
  try {
    const json = JSON.parse(readFileSync(report(name), 'utf8'));
    for (const file of json.testResults.filter(({ status }) => status === 'failed')) {
      const tests = file.assertionResults.filter(({ status }) => status === 'failed');
      // A file that could not be loaded has a message of its own and no test.
      const failed = tests.length > 0 ? tests : [{ fullName: '', failureMessages: [file.message] }];
      for (const { fullName, failureMessages } of failed) {
        const reason = failureMessages[0]?.split('\n')[0] ?? '';
        failures.push(`failed: ${name} ${relative('', file.name)} ${fullName}\n  ${reason}`);
      }
    }
    return {
      passed: json.numPassedTests,
      failed: json.numFailedTests + (json.success || json.numFailedTests > 0 ? 0 : 1),
      skipped: json.numPendingTests + json.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
