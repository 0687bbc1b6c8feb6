import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { script } from '../support/unit/folder.ts';

interface World {
  /** Answer of `medusa-infra status --json`; nothing where it fails. */
  readonly status?: string;
  readonly startCode?: number;
  readonly testCode?: number;
  readonly destroyCode?: number;
}

/** Runs .ci/run with scripts in place of node and npm, which write down how they are called. */
async function ci({ status = '', startCode = 0, testCode = 0, destroyCode = 0 }: World) {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, '.ci'));
  copyFileSync('.ci/run', path.join(folder, '.ci/run'));
  const bin = path.join(folder, 'bin');
  const calls = path.join(folder, 'calls');
  script(
    path.join(bin, 'node'),
    `echo "node $*" >> ${calls}
case "$*" in
*status*) echo '${status}'; exit 1 ;;
*destroy*) echo destroyed; exit ${destroyCode} ;;
esac`,
  );
  script(
    path.join(bin, 'npm'),
    `echo "npm $*, CI=$CI" >> ${calls}
if read -r line; then echo 'there is standard input'; fi
case "$1" in
start) echo 'dev is up'; exit ${startCode} ;;
test) echo '5 passed, 0 failed'; exit ${testCode} ;;
esac`,
  );
  const env = { PATH: `${bin}:${process.env['PATH']}` };
  const { exitCode, stdout, stderr } = await execa(path.join(folder, '.ci/run'), {
    env,
    input: 'a line\n',
    reject: false,
  });
  return { exitCode, stdout, stderr, calls: readFileSync(calls, 'utf8').trim().split('\n') };
}

const look = ['node scripts/bootstrap.mjs', 'node bin/medusa-infra.js status --json'];
const start = 'npm start, CI=true';
const suite = 'npm test, CI=true';
const down = 'node bin/medusa-infra.js destroy --yes';

test('both commands of the README in their order; what was brought up is taken down', async () => {
  expect(await ci({})).toEqual({
    exitCode: 0,
    stdout: 'dev is up\n5 passed, 0 failed',
    stderr: '',
    calls: [...look, start, suite, down],
  });
});

test('a stack that was up before stays, and one that was not does not', async () => {
  const up = await ci({ status: '{\n  "stack": "dev",\n  "up": true\n}' });
  expect(up.calls).toEqual([...look, start, suite]);
  const kept = await ci({ status: '{\n  "stack": "dev",\n  "up": false\n}' });
  expect(kept.calls).toEqual([...look, start, suite, down]);
});

test('a start that fails fails it, with its output and without the tests', async () => {
  expect(await ci({ startCode: 1 })).toMatchObject({
    exitCode: 1,
    stdout: 'dev is up',
    calls: [...look, start, down],
  });
});

test('tests that fail fail it, and so does a stack that cannot be taken down', async () => {
  expect(await ci({ testCode: 3 })).toMatchObject({
    exitCode: 3,
    calls: [...look, start, suite, down],
  });
  expect(await ci({ destroyCode: 1 })).toMatchObject({ exitCode: 1, stderr: 'destroyed' });
});
