import type { LoginLimitConfig } from '../../container/logins/config.ts';
import { LOGIN_LIMIT, LOGIN_PATH } from '../../logins.ts';
import type { DockerStack } from '../../stack/stack-file.ts';
import { trustedAddresses } from './proxy.ts';

/** How many log-ins an address may try; the replicas count. */
export type LoginLimitPlan = LoginLimitConfig;

/** undefined: as many as it likes. */
export function planLoginLimit({ edge, redis }: DockerStack): LoginLimitPlan | undefined {
  if (edge.loginLimit === false) return undefined;
  return {
    requests: edge.loginLimit,
    windowSeconds: LOGIN_LIMIT.windowSeconds,
    path: LOGIN_PATH,
    trusted: trustedAddresses(edge),
    redis: redis !== false,
  };
}
