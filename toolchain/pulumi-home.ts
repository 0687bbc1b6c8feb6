import { homedir, userInfo } from 'node:os';
import path from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** Pulumi's own folder. */
export function pulumiHome(env: Env): string {
  return env['PULUMI_HOME'] || path.join(env['HOME'] || homedir(), '.pulumi');
}

/**
 * The environment with `PULUMI_HOME` where Pulumi would not keep its things in $HOME: it takes the home
 * folder of the user database, and CI's containers are known to set another HOME.
 * Source: `GetPulumiHomeDir` and Go's `os/user`.
 */
export function withPulumiHome(env: Env, userHome: string = userInfo().homedir): Env {
  const { HOME, PULUMI_HOME } = env;
  if (PULUMI_HOME || !HOME || path.resolve(HOME) === path.resolve(userHome)) return env;
  return { ...env, PULUMI_HOME: path.join(HOME, '.pulumi') };
}
