import { Role } from '@pulumi/aws/iam/role.js';
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js';
import { RolePolicyAttachment } from '@pulumi/aws/iam/rolePolicyAttachment.js';
import * as pulumi from '@pulumi/pulumi';
import type { RolePlan, StatementPlan } from '../../../src/derive/plan.ts';

export interface ServiceRoleArgs {
  /** At most 64 characters, unique in the account. */
  readonly roleName: string;
  readonly plan: Pick<RolePlan, 'about' | 'assumedBy' | 'policyArns' | 'permissionsBoundary'>;
  /** Requests from other accounts through that service are refused. */
  readonly accountId: string;
  readonly statements: readonly PolicyStatement[];
}

/** A statement of the plan with the ARNs in it. */
export type PolicyStatement = Omit<StatementPlan, 'resources' | 'reason'> & {
  readonly resources: readonly pulumi.Input<string>[];
};

/** A role that one AWS service assumes, with exactly these permissions. */
export class ServiceRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** For `dependsOn`: a role exists before it has its permissions. */
  readonly rights: readonly pulumi.Resource[];

  constructor(name: string, args: ServiceRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:ServiceRole', name, {}, opts);
    const { permissionsBoundary } = args.plan;
    const role = new Role(
      `${name}-role`,
      {
        name: args.roleName,
        description: args.plan.about,
        ...(permissionsBoundary === undefined ? {} : { permissionsBoundary }),
        assumeRolePolicy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: args.plan.assumedBy },
              Action: 'sts:AssumeRole',
              Condition: { StringEquals: { 'aws:SourceAccount': args.accountId } },
            },
          ],
        }),
      },
      { parent: this },
    );
    const inline =
      args.statements.length === 0
        ? []
        : [
            new RolePolicy(
              `${name}-policy`,
              { name: 'medusa-infra', role: role.id, policy: policyDocument(args.statements) },
              { parent: this },
            ),
          ];
    const attached = args.plan.policyArns.map(
      (policyArn) =>
        new RolePolicyAttachment(
          `${name}-${policyArn.split('/').at(-1)}`,
          { role: role.name, policyArn },
          { parent: this },
        ),
    );
    this.arn = role.arn;
    this.rights = [...inline, ...attached];
    this.registerOutputs();
  }
}

function policyDocument(statements: readonly PolicyStatement[]): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: statements.map(({ sid, actions, resources, conditions }) => ({
      Sid: sid,
      Effect: 'Allow',
      Action: actions,
      Resource: resources,
      ...(conditions ? { Condition: conditions } : {}),
    })),
  });
}
