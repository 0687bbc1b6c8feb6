import { pythonPart } from '../python.ts';

/**
 * Prowler (https://docs.prowler.com), which audits accounts of AWS, without the clients of other clouds; and Parliament
 * (https://github.com/duo-labs/parliament), which audits policies. For `npm run test:audit` only.
 */
export const prowlerPart = pythonPart({
  name: 'prowler',
  lockFile: 'toolchain/aws/prowler-requirements.txt',
  imports: ['parliament', 'prowler.providers.aws.aws_provider'],
});
