import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { filesBelow, findLeaks } from '../../support/leaks.ts';
import { TestProject } from '../../support/project.ts';

const value = 'sk-live-kT9 "quoted" $HOME 7Qz%';
const stackFile = `target: docker
environment: staging
backend: { env: { STRIPE_API_KEY: { secret: stripeApiKey }, MAIL_KEY: { secret: mailKey } } }
edge: { host: shop.localhost, tls: off, trustForwarded: true }
secrets:
  stripeApiKey: { from: config, maxAge: 180d } # of the shop's account
  mailKey: { from: config }
`;
let project: TestProject;

beforeAll(async () => {
  project = await TestProject.create({ newerNode: true });
  project.writeStack('staging', stackFile);
});

afterAll(() => project?.cleanup());

/** Arguments and environment of every process that this user may look at, while `work` goes on. */
async function watching<T>(work: Promise<T>): Promise<{ result: T; seen: Set<string> }> {
  const seen = new Set<string>();
  let going = true;
  const watcher = (async () => {
    while (going) {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        for (const file of ['cmdline', 'environ']) {
          try {
            const text = readFileSync(`/proc/${pid}/${file}`, 'utf8');
            if (text.includes(project.folder) || text.includes('stripeApiKey')) seen.add(text);
          } catch {
            // It has ended, or belongs to another user.
          }
        }
      }
      await new Promise((next) => setTimeout(next, 5));
    }
  })();
  const result = await work.finally(() => {
    going = false;
  });
  await watcher;
  return { result, seen };
}

function set(name: string, input: string) {
  const child = project.start(['secrets', 'set', name, '-s', 'staging'], { input });
  return child.then(({ exitCode, stdout, stderr }) => ({ code: exitCode, stdout, stderr }));
}

test('a piped value is in no argument, variable or output, and encrypted on disk', async () => {
  const { result, seen } = await watching(set('stripeApiKey', `${value}\n`));
  const today = new Date().toISOString().slice(0, 10);
  expect(result.stderr.split('\n').slice(-3)).toEqual([
    'stripeApiKey is set for staging, encrypted in stacks/Pulumi.staging.yaml',
    `wrote since: ${today} to stacks/staging.yaml`,
    'next: medusa-infra up -s staging',
  ]);
  expect({ code: result.code, stdout: result.stdout }).toEqual({ code: 0, stdout: '' });
  // The watcher did see the moment in question.
  expect([...seen].some((text) => /\0config\0set\0stripeApiKey\0/.test(text))).toBe(true);
  const places = [...seen, result.stderr].map((text, index) => ({ place: `text ${index}`, text }));
  expect(findLeaks({ value }, [...places, ...filesBelow(project.stacks)])).toEqual([]);
  expect(findLeaks({ value }, filesBelow(project.stateFolder))).toEqual([]);

  expect(readFileSync(join(project.stacks, 'staging.yaml'), 'utf8')).toBe(
    stackFile.replace('maxAge: 180d }', `maxAge: 180d, since: ${today} }`),
  );
  const { config } = parse(readFileSync(join(project.stacks, 'Pulumi.staging.yaml'), 'utf8')) as {
    config: Record<string, { secure?: string }>;
  };
  expect(config[`${project.name}:stripeApiKey`]?.secure).toMatch(/^v1:/);
  const read = await project.pulumi('staging', ['config', 'get', 'stripeApiKey']);
  expect(read.stdout).toBe(value);
});

test('lines within a value stay, and a secret without maxAge leaves the stack file alone', async () => {
  const before = readFileSync(join(project.stacks, 'staging.yaml'), 'utf8');
  const key = '-----BEGIN KEY-----\nabcdefgh\n-----END KEY-----';
  const { code, stderr } = await set('mailKey', `${key}\r\n`);
  expect(code, stderr).toBe(0);
  expect(readFileSync(join(project.stacks, 'staging.yaml'), 'utf8')).toBe(before);
  const read = await project.pulumi('staging', ['config', 'get', 'mailKey']);
  expect(read.stdout).toBe(key);
  const { stdout } = await project.run(['secrets', '-s', 'staging', '--json']);
  const { secrets } = JSON.parse(stdout) as { secrets: { name: string; set: boolean | null }[] };
  expect(secrets.filter(({ set: isSet }) => isSet !== null)).toMatchObject([
    { name: 'mailKey', set: true },
    { name: 'stripeApiKey', set: true },
  ]);
});
