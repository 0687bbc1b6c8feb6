import { stringify } from 'yaml';
import type { AuditedStack } from '../../../scripts/docs/audit/finding.ts';
import { DebianRegistry } from '../debian-registry.ts';
import { awsProject, edited, productionStack, smallImage } from '../moto/aws-project.ts';
import { ECR_USER, Moto } from '../moto/moto.ts';
import type { TestProject } from '../project.ts';

const stack = 'prod';
const region = 'eu-central-1';

/** What `stacks/prod.yaml` is audited as: as it is, and with every option that an audit asks for. */
const AUDITED: Readonly<Record<AuditedStack, (production: string) => string>> = {
  production: (text) => text,
  options: (text) =>
    edited(
      text,
      [/\naws:/, '\naccept: [{ rule: aws-no-internet, reason: nothing is ever called }]$&'],
      [/nat: per-zone/, 'nat: none, flowLogs: true'],
      [/backend: \{ autoscaling/, 'backend: { insights: true, autoscaling'],
      [/edge: \{ zone/, 'edge: { accessLogs: true, waf: true, zone'],
    ),
};

/** An account of AWS, on an emulator, that holds one stack and nothing else. */
export class AuditedAccount {
  readonly moto: Moto;
  readonly region = region;
  /** Of the project that the stack belongs to. */
  readonly project: string;
  /** Name of the stack, with which the names of its resources begin. */
  readonly name: string;
  /** Id of the hosted zone. */
  readonly zone: string;
  readonly #stops: Stops;

  private constructor(moto: Moto, project: string, zone: string, stops: Stops) {
    this.moto = moto;
    this.project = project;
    this.name = `${project}-${stack}`;
    this.zone = zone;
    this.#stops = stops;
  }

  /** Deploys the stack; removes what it has started where that fails. */
  static async start(audited: AuditedStack): Promise<AuditedAccount> {
    const stops: (() => Promise<void>)[] = [];
    try {
      const registry = await DebianRegistry.start(ECR_USER);
      stops.unshift(() => registry.stop());
      const moto = await Moto.start({ region, registry: registry.address });
      stops.unshift(() => moto.stop());
      const project = await awsProject(moto, stack);
      stops.push(() => project.cleanup());
      const zone = await moto.createZone('example.com');
      await deploy(project, moto, audited);
      return new AuditedAccount(moto, project.name, zone, stops);
    } catch (error) {
      await runAll(stops);
      throw error;
    }
  }

  /** The emulator forgets the stack; nothing of it has to be destroyed. */
  async stop(): Promise<void> {
    await runAll(this.#stops);
  }
}

type Stops = readonly (() => Promise<void>)[];

async function runAll(stops: Stops): Promise<void> {
  for (const stop of stops) await stop();
}

async function deploy(project: TestProject, moto: Moto, audited: AuditedStack): Promise<void> {
  // S3 Control is asked at a host that begins with the account, which no name server knows.
  const config = { ...moto.config, 'aws:httpProxy': moto.url };
  project.writeStack(`Pulumi.${stack}`, stringify({ config }));
  const text = AUDITED[audited](productionStack(await smallImage(project.name)));
  project.writeStack(stack, text);
  const { code, stderr } = await project.run(['secrets', 'set', 'stripeApiKey', '-s', stack], {
    input: 'sk_live_of_a_test_0123456789\n',
  });
  if (code !== 0) throw new Error(stderr);
  const { seconds } = await project.up(stack);
  console.log(`${audited} went up in ${seconds.toFixed(1)} s`);
}
