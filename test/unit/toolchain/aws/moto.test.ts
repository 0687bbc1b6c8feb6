import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { UserError } from '../../../../src/errors.ts';
import { motoPart } from '../../../../toolchain/aws/moto.ts';
import { prowlerPart } from '../../../../toolchain/aws/prowler.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { bareContext, script } from '../../../support/unit/folder.ts';

const lock = readFileSync('toolchain/aws/moto-requirements.txt', 'utf8');
const version = /^moto==(\S+)/m.exec(lock)?.[1];
const quiet = () => undefined;

// Scripts of these tests stand for Python: nothing is fetched.
function machine(python?: string) {
  const folder = temporaryFolder();
  const bin = path.join(folder, 'bin');
  if (python) script(path.join(bin, 'python3'), python.replaceAll('FOLDER', folder));
  const calls = path.join(folder, 'calls');
  return {
    folder,
    context: bareContext(folder),
    calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8') : ''),
  };
}

/** Makes an "environment" whose interpreter is this script again, next to a script such as pip leaves. */
const complete = `echo "$*" >> FOLDER/calls
case "$*" in
*ensurepip*) echo 3.12.4 ;;
*venv*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; echo > "$3/bin/pip"; echo > "$3/pyvenv.cfg" ;;
*moto.server*) echo ${version} ;;
*"pip install"*) for last; do :; done; cat "$last" ;;
esac`;

test.each(['moto', 'prowler'])(
  'every package of the lock of %s has an exact version and hashes',
  (name) => {
    const lock = readFileSync(`toolchain/aws/${name}-requirements.txt`, 'utf8');
    const packages = lock.match(/^[^\s#].*/gm) ?? [];
    expect(packages.length).toBeGreaterThan(20);
    expect(packages.filter((line) => !/^[a-z0-9-]+==[\w.]+ \\$/.test(line))).toEqual([]);
    for (const entry of lock.split(/\n(?=\S)/)) expect(entry).toMatch(/--hash=sha256:[0-9a-f]{64}/);
  },
);

test('an environment is made whole, its packages checked by their hashes, and found again', async () => {
  const { context, calls } = machine(complete);
  expect(await motoPart.find(context)).toBeUndefined();
  const found = await motoPart.install(context, quiet);
  expect(found).toEqual({ version, origin: 'pip', path: expect.stringMatching(/bin\/python$/) });
  expect(existsSync(found.path)).toBe(true);
  expect(existsSync(path.join(path.dirname(found.path), 'pip'))).toBe(false);
  expect(calls()).toMatch(/ -?-?pip install .*--no-deps --require-hashes --requirement .*\.txt\n/);
  expect(await motoPart.find(context)).toEqual(found);
});

test('the tools of the audit have another environment', async () => {
  const { context } = machine(complete);
  await motoPart.install(context, quiet);
  expect(await prowlerPart.find(context)).toBeUndefined();
  expect(prowlerPart.title).toMatch(/^prowler \d+\.\d+\.\d+$/);
});

test('another moto than the lock names is refused, and nothing is left of it', async () => {
  const { context, folder } = machine(complete.replace(`echo ${version}`, 'echo 1.0.0'));
  await expect(motoPart.install(context, quiet)).rejects.toThrow(
    /^moto: expected version .*, got 1\.0\.0$/,
  );
  expect(await motoPart.find(context)).toBeUndefined();
  expect(existsSync(path.join(folder, 'cache', 'tools'))).toBe(false);
});

const wanted = 'moto needs Python 3.11 or newer with its venv module, found none on PATH';

test.each([
  ['is too old', 'echo 3.9.2'],
  ['cannot make environments', 'exit 1'],
])('a Python that %s is passed over', async (_, python) => {
  const { context } = machine(python);
  await expect(motoPart.install(context, quiet)).rejects.toThrow(
    new UserError(
      `${wanted}: install it from https://www.python.org and run this again`,
      'tool-missing',
    ),
  );
});

test('who is not root gets the exact line to run', async () => {
  const { context, folder } = machine();
  mkdirSync(path.join(folder, 'bin'), { recursive: true });
  symlinkSync('/bin/false', path.join(folder, 'bin', 'apt-get'));
  vi.spyOn(process, 'getuid').mockReturnValue(1000);
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  await expect(motoPart.install(context, quiet)).rejects.toThrow(
    new UserError(
      `${wanted}; run: sudo sh -c 'apt-get update && apt-get install --yes --no-install-recommends python3 python3-venv', and run this again`,
      'tool-missing',
    ),
  );
});
