import { markerNames, type ReleaseMarkers } from '../derive/aws/markers.ts';
import type { Plan } from '../derive/plan.ts';
import { type AwsAccount, clientConfig } from './client-config.ts';

/** What previous runs have recorded; empty before the first. @throws as the SDK does */
export async function readMarkers(
  account: AwsAccount,
  plan: Pick<Plan, 'project' | 'stack'>,
): Promise<ReleaseMarkers> {
  const { GetParametersCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const names = markerNames(plan);
  const ssm = new SSMClient(await clientConfig(account, 'ssm'));
  try {
    const { Parameters = [] } = await ssm.send(
      new GetParametersCommand({ Names: Object.values(names) }),
    );
    return Object.fromEntries(
      Object.entries(names).flatMap(([marker, name]) => {
        const value = Parameters.find(({ Name }) => Name === name)?.Value;
        return value === undefined ? [] : [[marker, value]];
      }),
    );
  } finally {
    ssm.destroy();
  }
}
