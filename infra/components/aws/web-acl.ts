import { WebAcl as WafAcl } from '@pulumi/aws/wafv2/webAcl.js';
import { WebAclAssociation } from '@pulumi/aws/wafv2/webAclAssociation.js';
import * as pulumi from '@pulumi/pulumi';
import type { LoadBalancerPlan } from '../../../src/derive/plan.ts';

export interface WebAclArgs {
  readonly plan: NonNullable<LoadBalancerPlan['waf']>;
  readonly aclName: string;
  readonly loadBalancerArn: pulumi.Input<string>;
}

/** A web application firewall in front of the load balancer. */
export class WebAcl extends pulumi.ComponentResource {
  constructor(name: string, args: WebAclArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:WebAcl', name, {}, opts);
    new WebAclAssociation(
      `${name}-association`,
      { resourceArn: args.loadBalancerArn, webAclArn: args.plan.arn ?? this.#create(name, args) },
      { parent: this },
    );
    this.registerOutputs();
  }

  #create(name: string, args: WebAclArgs): pulumi.Output<string> {
    const metric = (rule: string) => ({
      cloudwatchMetricsEnabled: true,
      sampledRequestsEnabled: true,
      metricName: `${args.aclName}-${rule}`,
    });
    const { rateLimit: limit, loginLimit, managedRules, countedRules = {} } = args.plan;
    const managed = managedRules.map((group, index) => ({
      name: group,
      priority: index + 1,
      overrideAction: { none: {} },
      statement: {
        managedRuleGroupStatement: {
          vendorName: 'AWS',
          name: group,
          ...(countedRules[group]
            ? {
                ruleActionOverrides: countedRules[group].map((rule) => ({
                  name: rule,
                  actionToUse: { count: {} },
                })),
              }
            : {}),
        },
      },
      visibilityConfig: metric(group),
    }));
    return new WafAcl(
      `${name}-acl`,
      {
        name: args.aclName,
        scope: 'REGIONAL',
        defaultAction: { allow: {} },
        visibilityConfig: metric('all'),
        rules: [
          ...(limit === undefined
            ? []
            : [
                {
                  name: 'rate-limit',
                  priority: 0,
                  action: { block: {} },
                  statement: { rateBasedStatement: { limit, aggregateKeyType: 'IP' } },
                  visibilityConfig: metric('rate-limit'),
                },
              ]),
          ...managed,
          ...(loginLimit === undefined
            ? []
            : [
                {
                  name: 'login-limit',
                  priority: managed.length + 1,
                  action: { block: {} },
                  statement: { rateBasedStatement: loginStatement(loginLimit) },
                  visibilityConfig: metric('login-limit'),
                },
              ]),
        ],
      },
      { parent: this },
    ).arn;
  }
}

/** Counts POST requests to a path, however its letters are written: Express takes all of them. */
function loginStatement({ requests, path }: NonNullable<WebAclArgs['plan']['loginLimit']>) {
  const asItIs = [{ priority: 0, type: 'NONE' }];
  const post = {
    byteMatchStatement: {
      fieldToMatch: { method: {} },
      positionalConstraint: 'EXACTLY',
      searchString: 'POST',
      textTransformations: asItIs,
    },
  };
  const toPath = {
    regexMatchStatement: {
      fieldToMatch: { uriPath: {} },
      regexString: path,
      textTransformations: [{ priority: 0, type: 'LOWERCASE' }],
    },
  };
  return {
    limit: requests,
    aggregateKeyType: 'IP',
    scopeDownStatement: { andStatement: { statements: [post, toPath] } },
  };
}
