import { lookup } from 'node:dns/promises';
import { eventually } from '../../support/eventually.ts';
import type { Moto } from '../../support/moto/moto.ts';

/** Something that AWS does and moto does not, so that what these tests prove ends before it. */
export interface NotInMoto {
  readonly what: string;
  /** Who looks at it instead. */
  readonly instead: string;
  /** Whether moto still does not: when it has learnt it, the entry is to be taken away. */
  readonly lacks: (moto: Moto, stack: string) => Promise<boolean>;
}

export const NOT_IN_MOTO: readonly NotInMoto[] = [
  {
    what: 'ECS starts containers',
    instead: 'task.test.ts runs them on a Docker engine; ecs.py says that they run',
    async lacks(moto, stack) {
      const { taskArns } = await moto.ask<{ taskArns: string[] }>('ecs', 'list_tasks', {
        cluster: stack,
      });
      const { tasks } = await moto.ask<{ tasks: { containers: { imageDigest?: string }[] }[] }>(
        'ecs',
        'describe_tasks',
        { cluster: stack, tasks: taskArns },
      );
      return tasks.every(({ containers }) => containers.every((each) => !each.imageDigest));
    },
  },
  {
    what: 'IAM refuses what no policy allows',
    instead: 'each call is held against the policies, by the rules of test/support/iam.ts',
    async lacks(moto) {
      const { Users } = await moto.ask<{ Users: object[] }>('iam', 'list_users');
      return Users.length === 0 && moto.calls().length > 0;
    },
  },
  {
    what: 'a service uses the key in the name of who calls it',
    instead: 'nobody: that the policies name kms:Decrypt and kms:GenerateDataKey is by the book',
    lacks: async (moto) =>
      !moto
        .calls()
        .some(({ operation }) => /^(Decrypt|GenerateDataKey|CreateGrant)/.test(operation)),
  },
  {
    what: 'ACM issues a certificate after it has found the proof in DNS',
    instead: 'nobody: the record is there, as the zone shows',
    async lacks(moto) {
      const { CertificateArn } = await moto.ask<{ CertificateArn: string }>(
        'acm',
        'request_certificate',
        { DomainName: 'of-nobody.example.net', ValidationMethod: 'DNS' },
      );
      const issued = await eventually(
        async () => {
          const { Certificate } = await moto.ask<{ Certificate: { Status: string } }>(
            'acm',
            'describe_certificate',
            { CertificateArn },
          );
          if (Certificate.Status !== 'ISSUED') throw new Error(Certificate.Status);
          return true;
        },
        { seconds: 10 },
      );
      await moto.ask('acm', 'delete_certificate', { CertificateArn });
      return issued;
    },
  },
  {
    what: 'the load balancer answers, and looks at the health of its targets',
    instead: 'task.test.ts asks the backend with the headers that it would add',
    async lacks(moto) {
      const { LoadBalancers } = await moto.ask<{ LoadBalancers: { DNSName: string }[] }>(
        'elbv2',
        'describe_load_balancers',
      );
      const found = await Promise.allSettled(LoadBalancers.map(({ DNSName }) => lookup(DNSName)));
      return found.length > 0 && found.every(({ status }) => status === 'rejected');
    },
  },
  {
    what: 'ECR holds the images, and refuses to go while it does',
    instead: "push.test.ts pushes to Debian's registry, which ECR's names lead to here",
    async lacks(moto, stack) {
      const { imageDetails } = await moto.ask<{ imageDetails: object[] }>(
        'ecr',
        'describe_images',
        {
          repositoryName: stack,
        },
      );
      return imageDetails.length === 0;
    },
  },
];
