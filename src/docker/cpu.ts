import type Docker from 'dockerode';

/** Of the kernel's quota: a limit of 500 thousandths is 50 ms in each of these. */
export const CPU_PERIOD_MICROSECONDS = 100_000;

/** The engine's weight of a container that says nothing; the provider would take it back from one that does not. */
export const NORMAL_SHARES = 1024;

/** Next to a container of normal weight that wants a whole processor, one of this weight gets an eighth. */
const YIELDING_SHARES = 128;

const UNLIMITED = -1;

/** The quota of a container. @param cpuMillis thousandths of a processor */
export function cpuQuota(cpuMillis: number): number {
  return (cpuMillis * CPU_PERIOD_MICROSECONDS) / 1000;
}

/**
 * While a replica starts it may use every processor, since its limit would double the time; with `yielding` it takes only
 * what nothing else wants.
 */
export async function liftCpuLimit(
  container: Docker.Container,
  { yielding }: { readonly yielding: boolean },
): Promise<void> {
  const CpuShares = yielding ? YIELDING_SHARES : NORMAL_SHARES;
  await container.update({ CpuQuota: UNLIMITED, CpuShares });
}

/** Gives a container its limit and normal weight, where it has others. */
export async function setCpuLimit(
  container: Docker.Container,
  cpuMillis: number,
  { HostConfig: now }: Docker.ContainerInspectInfo,
): Promise<void> {
  const CpuQuota = cpuQuota(cpuMillis);
  const normal = [0, NORMAL_SHARES].includes(now.CpuShares ?? 0);
  if (normal && now.CpuQuota === CpuQuota) return;
  await container.update({
    CpuPeriod: CPU_PERIOD_MICROSECONDS,
    CpuQuota,
    CpuShares: NORMAL_SHARES,
  });
}
