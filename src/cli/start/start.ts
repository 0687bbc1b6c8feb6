import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dockerEngine } from '../../docker/client.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import { type Context, exitCodes, note, print } from '../context.ts';
import { type StackOptions, stackFlagText } from '../options.ts';
import { planOf } from '../plan/plan-of.ts';
import { findProject } from '../project.ts';
import { shellQuote } from '../quote.ts';
import { printOutcome, urlOf } from '../run/outcome.ts';
import { deployStack } from '../run/up.ts';
import { loadOwnStack } from '../stack.ts';
import {
  copyRootCommand,
  EDGE_AUTHORITY,
  edgeAuthorities,
} from '../status/docker/edge-authority.ts';
import { askHealth } from '../status/health.ts';

/** `start`: what `npm start` runs. Deploys the stack without asking and shows what to do with it. */
export async function startStack(context: Context, options: StackOptions): Promise<number> {
  const project = findProject(context.cwd);
  const stack = loadOwnStack(context, project, options.stack);
  const outcome = await deployStack(context, { ...options, yes: true }, stack);
  if (!outcome) return exitCodes.ok;
  printOutcome(context, options.stack, outcome);
  if (!outcome.ok) {
    note(context, `for details: npx medusa-infra logs -s ${options.stack}`);
    return exitCodes.userError;
  }
  const url = urlOf(outcome) ?? '';
  const { plan } = await planOf(project, options.stack, stack);
  const edge = `${plan.name}-edge`;
  const authorities =
    plan.target === 'docker'
      ? await edgeAuthorities(await dockerEngine(context.env), plan.proxy, edge)
      : [];
  const answer = await askHealth(`${url}${stack.backend.health.path}`, authorities);
  const { green, red, bold } = context.color.stdout;
  print(context);
  print(context, `${bold(options.stack)} is up: ${bold(url)}`);
  print(context, (answer.ok ? green : red)(answer.text));
  print(context);
  print(context, 'Next:');
  for (const [meaning, command] of nextSteps(
    options.stack,
    url,
    seededUser(stack),
    answer.trust === EDGE_AUTHORITY ? edge : undefined,
  )) {
    print(context, `  # ${meaning}`);
    print(context, `  ${command}`);
  }
  return answer.ok ? exitCodes.ok : exitCodes.userError;
}

const ROOT_FILE = 'edge-root.crt';

interface SeededUser {
  readonly email: string;
  readonly password: string;
}

/**
 * What to do with a stack that is up: each line with its meaning.
 * @param untrusted name of an edge that signs its certificate itself
 */
export function nextSteps(
  stack: string,
  url: string,
  user: SeededUser | undefined,
  untrusted?: string,
): (readonly [meaning: string, command: string])[] {
  const s = stackFlagText(stack);
  const curl = untrusted ? `curl --cacert ${ROOT_FILE}` : 'curl';
  return [
    ...(untrusted
      ? [
          [
            'the root certificate of the edge; programs and browsers that trust it trust the edge',
            copyRootCommand(untrusted, ROOT_FILE),
          ] as const,
        ]
      : []),
    ['the products of the store', `${curl} ${url}/store/products`],
    ...(user
      ? [
          [
            'log in as the seeded admin user (backend/data/seed.json); the response contains the session cookie',
            `${curl} -i ${url}/admin/auth -H 'Content-Type: application/json' -d ${shellQuote(JSON.stringify(user))}`,
          ] as const,
        ]
      : []),
    ['what runs', `npx medusa-infra status${s}`],
    ['the logs of the backend', `npx medusa-infra logs backend --follow${s}`],
    ['the environment of the backend', `npx medusa-infra env${s}`],
    ['remove it; the data is kept', `npx medusa-infra destroy${s}`],
  ];
}

/** The admin user that the seed makes; its password is a known one, so only in development. */
function seededUser({ backend, environment }: StackFile): SeededUser | undefined {
  if (environment !== 'development' || !backend.seed || !('build' in backend.image))
    return undefined;
  const file = join(backend.image.build, 'data', 'seed.json');
  if (!existsSync(file)) return undefined;
  const { users } = JSON.parse(readFileSync(file, 'utf8')) as { users?: SeededUser[] };
  const [user] = users ?? [];
  return user?.email && user.password ? { email: user.email, password: user.password } : undefined;
}
