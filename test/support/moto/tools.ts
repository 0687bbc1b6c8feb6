import { ensureToolchain } from '../../../toolchain/ensure.ts';

/** What the tests of target aws need in addition to what all tests need. */
export interface AwsTools {
  /** A Python that has moto and boto3. */
  readonly python: string;
}

/** Finds or installs them: the plugin of `@pulumi/aws`, where Pulumi finds it, and moto. */
export async function awsTools(): Promise<AwsTools> {
  const { report } = await ensureToolchain({
    log: (line) => console.log(line),
    extra: ['plugin-aws', 'moto'],
  });
  const moto = report.find(({ part }) => part === 'moto');
  if (!moto) throw new Error('the toolchain has no moto');
  return { python: moto.path };
}
