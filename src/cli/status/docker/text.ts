import type { DockerPlan } from '../../../derive/plan.ts';
import { type Context, note, print } from '../../context.ts';
import type { ImageAge } from '../../images/ages.ts';
import { agesText, dueAdvice } from '../../images/facts.ts';
import { stackFlagText } from '../../options.ts';
import { plainFrame } from '../../table.ts';
import { age, bytes, cpu } from '../../units-text.ts';
import type { HealthAnswer } from '../health.ts';
import { copyRootCommand, EDGE_AUTHORITY } from './edge-authority.ts';

/** One container as `status` shows it. */
export interface ComponentStatus {
  readonly component: string;
  readonly container: string;
  readonly image: string;
  readonly job: boolean;
  /** As Docker reports it, such as `running` or `exited`, with `, not in the network ...` if it has lost one; for a job `done` or `failed`. */
  readonly state: string;
  readonly health: string | null;
  /** ISO date and time of the start, or of a job's end. */
  readonly since: string;
  readonly cpuLimit: number | null;
  readonly memoryLimitBytes: number | null;
  readonly restarts: number;
  readonly ports: readonly string[];
  /**
   * false: a replica of a release that gets no requests, because it failed, is still starting or was
   * replaced. That is no fault of the stack, and the next `up` removes it.
   */
  readonly serving: boolean;
  readonly ok: boolean;
}

interface Shown {
  readonly plan: DockerPlan;
  readonly stack: string;
  readonly components: readonly ComponentStatus[];
  readonly missing: readonly string[];
  readonly answer: HealthAnswer | undefined;
  readonly images: readonly ImageAge[];
}

/** Prints the containers as a table, what is missing, the URL and the answer of the health check. */
export async function printStatus(context: Context, shown: Shown): Promise<void> {
  const { default: Table } = await import('cli-table3');
  const { green, red, yellow, bold, dim } = context.color.stdout;
  const table = new Table({
    head: ['component', 'state', 'health', 'since', 'limits', 'ports', 'container', 'image'],
    style: { head: [], border: [], compact: true },
    chars: plainFrame,
  });
  for (const one of shown.components) {
    const paint = one.serving ? (one.ok ? green : one.health === 'starting' ? yellow : red) : dim;
    const state = one.restarts > 0 ? `${one.state} (${one.restarts} restarts)` : one.state;
    const limits = [
      ...(one.cpuLimit ? [cpu(one.cpuLimit * 1000)] : []),
      ...(one.memoryLimitBytes ? [bytes(one.memoryLimitBytes)] : []),
    ];
    table.push([
      bold(one.component),
      paint(one.serving ? state : `${state}, not serving`),
      one.health ?? '',
      age(Date.now() - new Date(one.since).getTime()),
      limits.join(', '),
      one.ports.join(', '),
      one.container,
      one.image.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1'),
    ]);
  }
  print(context, table.toString());
  for (const name of shown.missing) print(context, red(`${name}: a container is missing`));
  const { answer } = shown;
  const { url: here, publicUrl } = shown.plan.edge;
  const others = publicUrl === here ? '' : ` (public: ${publicUrl}, TLS ends in front of it)`;
  print(context, `url     ${here}${others}`);
  if (answer) print(context, `health  ${(answer.ok ? green : red)(answer.text)}`);
  const ages = agesText(shown.images);
  if (ages) print(context, `images  ${ages}`);
  const advice = dueAdvice(shown.images, stackFlagText(shown.stack));
  if (advice) note(context, yellow(advice));
  const edge = shown.components.find(({ component }) => component === 'edge');
  if (edge && answer?.trust === EDGE_AUTHORITY) {
    note(context, `to trust the edge: ${copyRootCommand(edge.container, 'edge-root.crt')}`);
  }
  if (shown.missing.length > 0 || shown.components.some((one) => !one.ok)) {
    note(context, `to restore what is missing: medusa-infra up -s ${shown.stack}`);
  }
}
