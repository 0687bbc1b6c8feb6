import { Certificate as AcmCertificate } from '@pulumi/aws/acm/certificate.js';
import { CertificateValidation } from '@pulumi/aws/acm/certificateValidation.js';
import { Record as DnsRecord } from '@pulumi/aws/route53/record.js';
import * as pulumi from '@pulumi/pulumi';

export interface CertificateArgs {
  readonly host: string;
  readonly zoneId: pulumi.Input<string>;
}

/** A certificate that ACM issues once a record in the zone proves who owns the host, and renews by itself. */
export class Certificate extends pulumi.ComponentResource {
  /** Known once the certificate is issued. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:Certificate', name, {}, opts);
    const certificate = new AcmCertificate(
      `${name}-certificate`,
      { domainName: args.host, validationMethod: 'DNS', tags: { Name: args.host } },
      { parent: this, deleteBeforeReplace: false },
    );
    const proof = certificate.domainValidationOptions.apply(([option]) => {
      if (!option) throw new Error(`ACM returned no validation record for ${args.host}`);
      return option;
    });
    const record = new DnsRecord(
      `${name}-proof`,
      {
        zoneId: args.zoneId,
        name: proof.resourceRecordName,
        type: proof.resourceRecordType,
        records: [proof.resourceRecordValue],
        ttl: 300,
        // A host has the same validation record in every stack and at every renewal.
        allowOverwrite: true,
      },
      { parent: this },
    );
    const validated = new CertificateValidation(
      `${name}-issued`,
      { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
      { parent: this },
    );
    this.arn = validated.certificateArn;
    this.registerOutputs();
  }
}
