// `npm test`: the whole suite, one step after the other, and one closing line for all of it.
// Plain JavaScript without dependencies: it runs right after scripts/bootstrap.mjs.
//   node scripts/test.mjs                  everything
//   node scripts/test.mjs static unit      only these steps
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
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

/**
 * Each step: what it is for a reader, the node arguments, and whether it writes a vitest report. One in the background
 * runs in parallel with the following ones, with the lowest priority; a test that needs what it makes waits for its lock.
 */
const steps = {
  static: {
    title: 'format, lint, types, layers, unused code, generated files',
    args: ['--run', 'check'],
  },
  toolchain: { title: 'toolchain', args: ['--run', 'toolchain'] },
  'toolchain-aws': {
    title: 'what the tests of target aws need, in the background',
    args: ['--run', 'toolchain', '--', '--aws', '--moto'],
    background: true,
  },
  unit: {
    title: 'unit tests with coverage',
    args: vitest('unit', '--project', 'unit', '--coverage'),
    report: true,
  },
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
/** Of every failed test its name and what it said: a long log is often seen from its end only. */
const failures = [];
const background = [];
for (const [name, step] of Object.entries(steps)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n== ${name}: ${step.title}`);
  if (step.background) background.push(startInBackground(name, step));
  else {
    const late = background.some(({ over }) => !over());
    record(
      name,
      step,
      await runStep(step, 'inherit', { env: late ? { AWS_TESTS_LAST: 'true' } : {} }),
    );
  }
}
for (const { name, step, log, ended } of background) {
  const result = await ended;
  console.log(`\n== ${name}: ended after ${result.seconds} s\n${readFileSync(log, 'utf8').trim()}`);
  record(name, step, result);
}
rmSync(out, { recursive: true, force: true });

if (failures.length > 0) console.log(`\n${failures.join('\n')}`);
console.log(`\n${lines.join('\n')}\n`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed > 0 ? 1 : 0);

function runStep(step, output, { started = () => undefined, env = {} } = {}) {
  const start = Date.now();
  const [command, args] =
    step.args[0] === '--run'
      ? ['npm', ['run', '--silent', ...step.args.slice(1)]]
      : [process.execPath, step.args];
  const child = spawn(command, args, {
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
  });
  started(child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status, signal) => {
      if (signal) process.exit(130);
      resolve({ status, seconds: Math.round((Date.now() - start) / 1000) });
    });
  });
}

/** Its output is shown when all is done: two at once cannot be read. */
function startInBackground(name, step) {
  const log = join(out, `${name}.log`);
  const output = openSync(log, 'w');
  let over = false;
  const ended = runStep(step, output, {
    started: (child) => {
      // What it starts inherits this.
      if (child.pid) setPriority(child.pid, constants.priority.PRIORITY_LOW);
      process.on('exit', () => child.kill());
    },
  }).finally(() => {
    over = true;
  });
  closeSync(output);
  return { name, step, log, ended, over: () => over };
}

function record(name, step, { status, seconds }) {
  const counts = step.report ? readReport(name) : { passed: 0, failed: 0, skipped: 0 };
  // A step that fails without a failed test (a crash, a coverage floor, a static check) counts as one.
  if (status !== 0 && counts.failed === 0) {
    counts.failed = 1;
    failures.push(`failed: ${name}, by no single test: see what it printed last (such as ERROR)`);
  }
  if (!step.report && status === 0) counts.passed = 1;
  for (const key of Object.keys(total)) total[key] += counts[key];
  lines.push(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
}

/** Without the trace; of a command's whole output the beginning, and the end, where it says why. */
function shortened(message) {
  const lines = message.split('\n').filter((line) => !/^ {4}at /.test(line));
  const shown = lines.length > 40 ? [...lines.slice(0, 10), '...', ...lines.slice(-30)] : lines;
  return shown.map((line) => `  ${line}`).join('\n');
}

function readReport(name) {
  try {
    const json = JSON.parse(readFileSync(report(name), 'utf8'));
    for (const file of json.testResults.filter(({ status }) => status === 'failed')) {
      const tests = file.assertionResults.filter(({ status }) => status === 'failed');
      // A file that could not be loaded has a message but no test.
      const failed = tests.length > 0 ? tests : [{ fullName: '', failureMessages: [file.message] }];
      for (const { fullName, failureMessages } of failed) {
        const reason = shortened(failureMessages[0] ?? '');
        failures.push(`failed: ${name} ${relative('', file.name)} ${fullName}\n${reason}`);
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
