import type { AwsDatabasePlan } from './database.ts';
import type { LoadBalancerPlan } from './load-balancer.ts';
import type { SecurityGroupPlan } from './network.ts';
import type { PolicyResource, RolePlan, StatementPlan } from './roles.ts';
import type { OneOffTaskPlan, TaskPlan } from './task.ts';

/** What the policies judge. */
interface JudgedResources {
  readonly securityGroups: readonly SecurityGroupPlan[];
  readonly database?: AwsDatabasePlan;
  readonly edge: LoadBalancerPlan;
  readonly roles: readonly RolePlan[];
  readonly task: TaskPlan;
  readonly prepare: OneOffTaskPlan;
  readonly retire?: OneOffTaskPlan;
}

/** Actions that know no resources: AWS's own documentation asks for `*` with them. */
const WITHOUT_RESOURCES =
  /^(ecr:GetAuthorizationToken|ssmmessages:(Create|Open)(Control|Data)Channel)$/;

/**
 * What must hold on AWS whatever the stack file says, checked of each plan before any resource is made:
 * each line says what does not. None is expected; the rules of the stack file
 * (`src/stack/rules/aws/policies.ts`) refuse what a user can choose.
 */
export function policyBreaches(aws: JudgedResources): readonly string[] {
  return [
    ...publicServers(aws),
    ...aws.roles.flatMap(wildcards),
    ...transport(aws),
    ...plainSecrets(aws),
  ];
}

/** Database and Redis are reached from the backend alone; the world reaches the load balancer alone. */
function publicServers({ securityGroups }: JudgedResources): string[] {
  return securityGroups.flatMap(({ name, ingress }) =>
    ingress
      .filter(({ peer, port }) =>
        peer === 'world' ? name !== 'edge' || ![80, 443].includes(port ?? 0) : false,
      )
      .map(({ port }) => `no-public-server: ${name} lets the world in on ${port ?? 'all ports'}`),
  );
}

function wildcards({ name, statements }: RolePlan): string[] {
  return statements.flatMap((statement) => [
    ...statement.actions
      .filter((action) => action.includes('*'))
      .map((action) => `no-wildcard: role ${name} may ${action} (${statement.sid})`),
    ...(statement.resources.some(isEverything) && !needsEverything(statement)
      ? [`no-wildcard: role ${name} may ${statement.actions.join(', ')} on everything`]
      : []),
  ]);
}

function isEverything(resource: PolicyResource): boolean {
  return typeof resource === 'string' && resource.includes('*');
}

function needsEverything({ actions }: StatementPlan): boolean {
  return actions.every((action) => WITHOUT_RESOURCES.test(action));
}

function transport({ database, edge }: JudgedResources): string[] {
  const forced = database?.parameters.some((p) => p.name === 'rds.force_ssl' && p.value === '1');
  return [
    ...(database && !forced ? ['tls: PostgreSQL takes connections without TLS'] : []),
    ...(edge.tlsPolicy.startsWith('ELBSecurityPolicy-TLS13-')
      ? []
      : [`tls: the load balancer's policy ${edge.tlsPolicy} lacks TLS 1.3`]),
  ];
}

/** No template of a container's plain environment holds a secret. */
function plainSecrets({ task, prepare, retire }: JudgedResources): string[] {
  return [...task.containers, ...prepare.containers, ...(retire?.containers ?? [])].flatMap(
    (container) =>
      Object.entries(container.environment)
        .filter(([, template]) =>
          template.some((part) => typeof part !== 'string' && 'secret' in part),
        )
        .map(([name]) => `no-plain-secret: ${name} of ${container.name} holds one in the clear`),
  );
}
