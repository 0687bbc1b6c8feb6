import type { ReleaseWatch, WatchedRelease } from '../../../src/aws/release-watch.ts';
import type { OneOffTask, ReleaseWork } from '../../../src/aws/release-work.ts';
import type { Problem } from '../../../src/errors.ts';
import type {
  ImagePublisher,
  ImageRecipe,
  Repository,
} from '../../../src/images/publish/image-publisher.ts';

/** A registry that notes what it is asked; `existing` are the tags that it has already. */
export class FakePublisher implements ImagePublisher {
  readonly published: { readonly tag: string; readonly recipe: ImageRecipe }[] = [];
  /** What the registry of a base reports. */
  readonly digests: Record<string, string> = {};
  readonly #existing: ReadonlySet<string>;
  readonly #basesFailing: Problem | Error | undefined;

  /** @param basesFailing a problem of every base, or what is thrown if nothing can be built */
  constructor(existing: Iterable<string> = [], basesFailing?: Problem | Error) {
    this.#existing = new Set(existing);
    this.#basesFailing = basesFailing;
  }

  async baseProblems(): Promise<readonly Problem[]> {
    if (this.#basesFailing instanceof Error) throw this.#basesFailing;
    return this.#basesFailing === undefined ? [] : [this.#basesFailing];
  }

  async find(_repository: Repository, tag: string): Promise<string | undefined> {
    return this.#existing.has(tag) ? `sha256:${tag}` : undefined;
  }

  async digestOf(reference: string): Promise<string | undefined> {
    return this.digests[reference];
  }

  async publish(_repository: Repository, tag: string, recipe: ImageRecipe): Promise<string> {
    this.published.push({ tag, recipe });
    return `sha256:${tag}`;
  }
}

/** Release work that notes what it is asked; `failing` is thrown instead. */
export class FakeWork implements ReleaseWork {
  readonly tasks: OneOffTask[] = [];
  readonly passwords: { readonly id: string; readonly password: string }[] = [];
  readonly #failing: Error | undefined;

  constructor(failing?: Error) {
    this.#failing = failing;
  }

  async runTask(task: OneOffTask): Promise<void> {
    if (this.#failing) throw this.#failing;
    this.tasks.push(task);
  }

  async setRedisPassword(id: string, password: string): Promise<void> {
    this.passwords.push({ id, password });
  }
}

/** A watch that notes what it is asked; `failing` is thrown instead. */
export class FakeWatch implements ReleaseWatch {
  readonly watched: WatchedRelease[] = [];
  readonly #failing: Error | undefined;

  constructor(failing?: Error) {
    this.#failing = failing;
  }

  async untilRunning(release: WatchedRelease): Promise<void> {
    this.watched.push(release);
    if (this.#failing) throw this.#failing;
  }
}

/** What AWS's provider answers when it is asked. */
export const answers = {
  'aws:index/getCallerIdentity:getCallerIdentity': { accountId: '123456789012' },
  'aws:index/getAvailabilityZones:getAvailabilityZones': {
    names: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
  },
  'aws:route53/getZone:getZone': { zoneId: 'ZBYNAME' },
  'aws:ecr/getAuthorizationToken:getAuthorizationToken': { userName: 'AWS', password: 'token' },
  'aws:ssm/getParametersByPath:getParametersByPath': { names: [], values: [] },
};

/** What AWS's provider adds to the inputs, as far as the program reads it. */
export function outputs(type: string, name: string): object {
  const kind = type.split(':').at(-1) ?? '';
  const more: Readonly<Record<string, object>> = {
    Instance: { address: 'db.internal', masterUserSecrets: [{ secretArn: `arn:master` }] },
    Cluster: {
      endpoint: 'aurora.internal',
      engineVersion: '17.4',
      masterUserSecrets: [{ secretArn: 'arn:master' }],
    },
    ReplicationGroup: { primaryEndpointAddress: 'redis.internal' },
    SecretVersion: { versionId: `version-of-${name}` },
    Repository: { repositoryUrl: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/prod' },
    LoadBalancer: {
      dnsName: 'alb.amazonaws.com',
      zoneId: 'ZALB',
      arnSuffix: 'app/shop-prod/1',
    },
    TargetGroup: { arnSuffix: 'targetgroup/shop/2' },
    VpcEndpoint: { prefixListId: 'pl-s3' },
    Certificate: {
      domainValidationOptions: [
        {
          resourceRecordName: '_proof.shop.example.com',
          resourceRecordType: 'CNAME',
          resourceRecordValue: '_value.acm.aws',
        },
      ],
    },
    Record: { fqdn: `${name}.fqdn` },
    RandomId: { hex: 'abc123' },
  };
  return type.startsWith('aws:') || type.startsWith('random:')
    ? { arn: `arn:${name}`, keyId: `${name}-key-id`, ...more[kind] }
    : {};
}
