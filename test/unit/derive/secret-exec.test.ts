import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { wrapCommand } from '../../../src/derive/secret-exec.ts';
import { splitEnvironment } from '../../../src/derive/split-environment.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secret-exec-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The wrapped command with a folder of the test in place of /run/secrets. */
function wrapped(command: readonly string[], secrets = folder): string[] {
  return wrapCommand(command, true).map((word) => word.replaceAll('/run/secrets', secrets));
}

function run(command: readonly string[], options: { secrets?: string; env?: object } = {}) {
  const [program = '', ...args] = wrapped(command, options.secrets);
  return spawnSync(program, args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, ...options.env },
  });
}

const printJson = ['node', '-e', 'process.stdout.write(JSON.stringify(process.env))'];

describe('wrapCommand', () => {
  test.each([
    ['plain', 'abc123'],
    ['shell syntax', '$(id) `id` "$HOME" \'x\' ; rm -rf * \\ !'],
    ['line breaks at the end', 'two\nlines\n\n'],
    ['white space', '  \t x  '],
    ['empty', ''],
    ['not ASCII', 'pässwörd 漢 😀'],
    ['long', 'x'.repeat(100_000)],
  ])('a value survives: %s', (_, value) => {
    writeFileSync(join(folder, 'JWT_SECRET'), value);
    const result = run(printJson);
    expect(result.stderr).toBe('');
    expect(JSON.parse(result.stdout)).toMatchObject({ JWT_SECRET: value });
  });

  test('the command gets its words as they are, and the variables of the line itself are gone', () => {
    writeFileSync(join(folder, 'A'), '1');
    const words = ['a b', '$HOME', "'", '', '*', '-n'];
    const result = run([
      'node',
      '-e',
      'console.log(JSON.stringify(process.argv.slice(1)))',
      '--',
      ...words,
    ]);
    expect(JSON.parse(result.stdout)).toEqual(words);
    expect(Object.keys(JSON.parse(run(printJson).stdout)).sort()).toEqual(
      expect.arrayContaining(['A', 'HOME', 'PATH']),
    );
    expect(run(printJson).stdout).not.toContain('medusa_infra');
  });

  test('replaces the shell, so that signals and the exit code are the command’s own', () => {
    const parent = run(['sh', '-c', 'kill -TERM $$']);
    expect(parent.signal).toBe('SIGTERM');
    expect(run(['sh', '-c', 'exit 42']).status).toBe(42);
  });

  test('a missing or empty folder is fine', () => {
    expect(run(['sh', '-c', 'echo ok'], { secrets: join(folder, 'none') }).stdout).toBe('ok\n');
    expect(run(['sh', '-c', 'echo ok']).stdout).toBe('ok\n');
  });

  test('leaves out what is no variable: folders, dot files, other names', () => {
    mkdirSync(join(folder, 'FOLDER'));
    for (const name of ['..data', '1ST', 'with-dash', 'with space', 'GOOD_1']) {
      writeFileSync(join(folder, name), 'x');
    }
    const keys = Object.keys(JSON.parse(run(printJson).stdout));
    expect(keys).toContain('GOOD_1');
    for (const name of ['FOLDER', '..data', '1ST', 'with-dash', 'with space']) {
      expect(keys).not.toContain(name);
    }
  });

  test('values are in no process arguments', () => {
    writeFileSync(join(folder, 'JWT_SECRET'), 'do-not-show-me');
    const result = run(['sh', '-c', 'tr "\\0" " " < /proc/$$/cmdline; ps -ef 2>/dev/null || true']);
    expect(result.status).toBe(0);
    expect(result.stdout).not.toContain('do-not-show-me');
    expect(wrapped(printJson).join(' ')).not.toContain('do-not-show-me');
  });

  test('HOME that cannot be written becomes /tmp', () => {
    const show = ['sh', '-c', 'echo "$HOME"'];
    expect(run(show, { env: { HOME: '/nowhere/at/all' } }).stdout).toBe('/tmp\n');
    expect(run(show).stdout).toBe(`${folder}\n`);
  });

  test('works in the shells that images have', () => {
    writeFileSync(join(folder, 'A'), 'x y\n');
    const [, ...args] = wrapped(['sh', '-c', 'printf "[%s]" "$A"']);
    for (const shell of ['dash', 'bash']) {
      const flags = shell === 'bash' ? ['--posix'] : [];
      expect(execFileSync(shell, [...flags, ...args], { encoding: 'utf8' })).toBe('[x y\n]');
    }
  });

  test('an image without a shell gets the command as it is', () => {
    expect(wrapCommand(['node', 'a'], false)).toEqual(['node', 'a']);
    expect(wrapCommand(['node', 'a'], false, '/preload.cjs')).toEqual(['node', 'a']);
  });

  test('a preloaded script is added to the options of the image, of the file and of a secret', () => {
    const preload = join(folder, 'preload.cjs');
    writeFileSync(preload, "process.stdout.write('loaded ');");
    const show = ['node', '-p', 'process.env.NODE_OPTIONS + process.argv.slice(1)', '--', 'a b'];
    const started = (env: object) => {
      const [program = '', ...args] = wrapCommand(show, true, preload).map((word) =>
        word.replaceAll('/run/secrets', folder),
      );
      return spawnSync(program, args, {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], HOME: folder, ...env },
      }).stdout;
    };
    const option = `--require=${preload}`;
    expect(started({})).toBe(`loaded ${option}a b\n`);
    const heap = '--max-old-space-size=900 --no-warnings';
    expect(started({ NODE_OPTIONS: heap })).toBe(`loaded ${option} ${heap}a b\n`);
    writeFileSync(join(folder, 'NODE_OPTIONS'), '--no-warnings');
    expect(started({})).toBe(`loaded ${option} --no-warningsa b\n`);
  });
});

describe('splitEnvironment', () => {
  const environment = [
    { name: 'PORT', value: ['9000'], secret: false, source: 'backend.port' },
    { name: 'JWT_SECRET', value: [{ secret: 'jwt' }], secret: true, source: 'secrets.jwt' },
  ];

  test('puts secret variables into files', () => {
    expect(splitEnvironment({ environment, shell: true })).toEqual({
      env: { PORT: '9000' },
      secretFiles: { JWT_SECRET: [{ secret: 'jwt' }] },
    });
  });

  test('names the files to an image without a shell', () => {
    expect(splitEnvironment({ environment, shell: false }).env).toEqual({
      PORT: '9000',
      JWT_SECRET_FILE: '/run/secrets/JWT_SECRET',
    });
  });

  test('refuses an entry that holds a secret without saying so', () => {
    const wrong = [{ name: 'A', value: [{ secret: 'jwt' }], secret: false, source: 'x' }];
    expect(() => splitEnvironment({ environment: wrong, shell: true })).toThrow(
      'A is not marked as secret, but its value holds one',
    );
  });
});
