import { z } from 'zod';
import {
  documented,
  flag,
  listField,
  namedMap,
  oneOf,
  scalarText,
  section,
  size,
  text,
  whole,
} from '../fields.ts';

const TIME = '([01]\\d|2[0-3]):[0-5]\\d';
const DAY = '(mon|tue|wed|thu|fri|sat|sun)';

const dailyWindow = (about: string, preset: string) =>
  text({
    about,
    default: preset,
    example: preset,
    pattern: new RegExp(`^${TIME}-${TIME}$`),
    allowed: `a daily window in UTC such as ${preset}`,
  });

const weeklyWindow = (about: string, preset: string) =>
  text({
    about,
    default: preset,
    example: preset,
    pattern: new RegExp(`^${DAY}:${TIME}-${DAY}:${TIME}$`),
    allowed: `a weekly window in UTC such as ${preset}`,
  });

const arn = (about: string, pattern: RegExp, example: string, allowed: string, fallback: string) =>
  text({ about, fallback, example, pattern, allowed });

const subnets = (about: string, example: string[]) =>
  listField(
    text({
      about: 'Id of a subnet.',
      example: 'subnet-0a1b2c3d4e5f60718',
      pattern: /^subnet-[0-9a-f]{8,17}$/,
      allowed: 'the id of a subnet such as subnet-0a1b2c3d4e5f60718',
    }),
    { about, example, fallback: 'made', allowed: 'a list of subnet ids', min: 2 },
  );

const network = section(
  { about: 'The VPC: a new one, or your own by id.', example: { zones: 2, nat: 'single' } },
  {
    cidr: text({
      about: 'Addresses of the new VPC: a private range of the size /16 to /20.',
      default: '10.0.0.0/16',
      example: '10.20.0.0/16',
      pattern: /^(10\.\d{1,3}|172\.(1[6-9]|2\d|3[01])|192\.168)\.\d{1,3}\.\d{1,3}\/(1[6-9]|20)$/,
      allowed: 'a private range of the size /16 to /20 such as 10.20.0.0/16',
    }),
    zones: whole({
      about: 'Availability zones that it spans.',
      default: 2,
      example: 3,
      min: 2,
      max: 3,
    }),
    nat: oneOf(['per-zone', 'single', 'none'], {
      about:
        'How the backend reaches the internet: a NAT gateway in each zone, one for all (a failed zone cuts all off), or none: VPC endpoints then reach AWS, and nothing else is reached.',
      fallback: 'per-zone in production, single otherwise',
      example: 'single',
    }),
    flowLogs: flag({
      about: 'Whether connections are logged (CloudWatch, kept for `logDays`).',
      default: false,
      example: true,
    }),
    vpc: text({
      about: 'Your own VPC by id, in place of a new one. It needs the two lists of subnets.',
      fallback: 'a new one',
      example: 'vpc-0a1b2c3d4e5f60718',
      pattern: /^vpc-[0-9a-f]{8,17}$/,
      allowed: 'the id of a VPC such as vpc-0a1b2c3d4e5f60718',
    }),
    publicSubnets: subnets('With `vpc`: subnets with an internet gateway, for the load balancer.', [
      'subnet-0a1b2c3d4e5f60718',
      'subnet-1a1b2c3d4e5f60718',
    ]),
    privateSubnets: subnets('With `vpc`: subnets for the backend, PostgreSQL and Redis.', [
      'subnet-2a1b2c3d4e5f60718',
      'subnet-3a1b2c3d4e5f60718',
    ]),
  },
);

const capacityError = 'a number of capacity units from 0.5 to 256 in steps of 0.5, such as 0.5';
const capacityUnits = (about: string, preset: number) =>
  documented(
    z
      .number({ error: capacityError })
      .min(0.5, { error: capacityError })
      .max(256, { error: capacityError })
      .multipleOf(0.5, { error: capacityError }),
    { about, default: preset, example: preset, allowed: capacityError },
  );

const database = section(
  { about: 'How AWS runs PostgreSQL.', example: { instance: 'db.m7g.large', backupDays: 30 } },
  {
    kind: oneOf(['rds', 'aurora'], {
      about:
        '`rds`: one instance (and its standby). `aurora`: Aurora Serverless v2, which grows and shrinks with the load.',
      default: 'rds',
      example: 'aurora',
    }),
    instance: text({
      about: 'With rds: the instance class.',
      fallback: 'db.t4g.medium in production, db.t4g.micro otherwise',
      example: 'db.m7g.large',
      pattern: /^db\.[a-z][a-z0-9]{1,9}\.[a-z0-9]{2,12}$/,
      allowed: 'an instance class such as db.t4g.medium',
    }),
    capacity: section(
      { about: 'With aurora: the range of its capacity, a unit being about 2 GiB of memory.' },
      {
        min: capacityUnits('The least that runs, and is paid for.', 0.5),
        max: capacityUnits('The most.', 4),
      },
    ),
    instances: whole({
      about: 'With aurora: the writer and its readers, to one of which it fails over.',
      fallback: '2 in production, 1 otherwise',
      example: 2,
      min: 1,
      max: 15,
    }),
    storageMax: size({
      about: 'With rds: up to where the storage grows by itself. Must be above `database.storage`.',
      fallback: 'five times `database.storage`',
      example: '200Gi',
      min: '20Gi',
      max: '64Ti',
    }),
    multiAz: flag({
      about: 'With rds: a standby in another zone that takes over within a minute or two.',
      fallback: 'true in production, false otherwise',
      example: true,
    }),
    backupDays: whole({
      about: 'For how many days any point in time can be restored; 0: no backups.',
      fallback: '14 in production, 3 in staging, 1 in development',
      example: 30,
      min: 0,
      max: 35,
    }),
    backupWindow: dailyWindow('When the daily snapshot is taken.', '02:00-03:00'),
    maintenanceWindow: weeklyWindow(
      'When updates that need a restart happen.',
      'sun:03:30-sun:04:30',
    ),
    performanceInsights: flag({
      about: 'Whether AWS records what the database waits for (7 days, free).',
      fallback: 'true in production, false otherwise',
      example: true,
    }),
    deletionProtection: flag({
      about: 'Whether AWS refuses to delete it, and the load balancer, until this is switched off.',
      fallback: 'true in production, false otherwise',
      example: true,
    }),
    finalSnapshot: flag({
      about: 'Whether destroy leaves a snapshot behind.',
      fallback: 'true, unless `database.onDestroy` is delete',
      example: true,
    }),
    replaceable: flag({
      about:
        'Whether a change may replace the server, and with it all data. Set it for the one `up` that is meant to.',
      default: false,
      example: true,
    }),
  },
);

const redis = section(
  { about: 'How AWS runs Redis (ElastiCache, cluster mode disabled).', example: { replicas: 1 } },
  {
    engine: oneOf(['redis', 'valkey'], {
      about: 'Redis OSS, or Valkey, which speaks the same protocol and costs a fifth less.',
      default: 'redis',
      example: 'valkey',
    }),
    node: text({
      about: 'The node type.',
      fallback: 'the smallest that holds `redis.memory` and what ElastiCache reserves',
      example: 'cache.t4g.small',
      pattern: /^cache\.[a-z][a-z0-9]{1,9}\.[a-z0-9]{2,12}$/,
      allowed: 'a node type such as cache.t4g.small',
    }),
    replicas: whole({
      about: 'Nodes beside the primary, in other zones; with one or more it fails over by itself.',
      fallback: '1 in production, 0 otherwise',
      example: 1,
      min: 0,
      max: 5,
    }),
    snapshotDays: whole({
      about: 'For how many days daily snapshots are kept; 0: none.',
      fallback: '7 in production, 0 otherwise; 0 with `redis.persist: false`',
      example: 7,
      min: 0,
      max: 35,
    }),
    snapshotWindow: dailyWindow('When the daily snapshot is taken.', '03:00-04:00'),
    maintenanceWindow: weeklyWindow(
      'When updates that need a restart happen.',
      'sun:04:30-sun:05:30',
    ),
    replaceable: flag({
      about: 'Whether a change may replace the servers, and with them all data.',
      default: false,
      example: true,
    }),
  },
);

const percent = (about: string, fallback: string, example: number) =>
  whole({ about, fallback, example, min: 10, max: 95 });
const tasks = (about: string, fallback: string, example: number) =>
  whole({ about, fallback, example, min: 0, max: 500 });

const SCHEDULE_ALLOWED =
  'a schedule such as cron(0 7 ? * MON-FRI *), rate(1 hour) or at(2026-11-27T06:00:00)';

const scheduled = section(
  { about: 'From a time on, another range of tasks.' },
  {
    timezone: text({
      about: 'Time zone of the schedule.',
      default: 'UTC',
      example: 'Europe/Berlin',
      pattern: /^(UTC|[A-Z][A-Za-z_]+(\/[A-Z][A-Za-z_+-]+){1,2})$/,
      allowed: 'a time zone such as Europe/Berlin',
    }),
  },
  {
    name: text({
      about: 'Its name, unique in the list.',
      example: 'weekday-morning',
      pattern: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
      allowed: 'a name such as weekday-morning',
    }),
    at: text({
      about: 'When: EventBridge’s `cron(...)`, `rate(...)` or `at(...)`.',
      example: 'cron(0 7 ? * MON-FRI *)',
      pattern:
        /^(cron\(\S+( \S+){5}\)|rate\(\d+ (minutes?|hours?|days?)\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\))$/,
      allowed: SCHEDULE_ALLOWED,
    }),
    min: whole({ about: 'Tasks at least.', example: 4, min: 0, max: 500 }),
    max: whole({ about: 'Tasks at most.', example: 8, min: 1, max: 500 }),
  },
);

const autoscaling = section(
  {
    about: 'More and fewer tasks by load and by the clock. Left out: always `backend.replicas`.',
    example: { min: 2, max: 6, cpu: 60 },
  },
  {
    min: tasks('Tasks at least.', '`backend.replicas`', 2),
    cpu: percent('CPU use that it aims at, in percent.', '60 where no other aim is named', 60),
    memory: percent('Memory use that it aims at, in percent.', 'not looked at', 75),
    requests: whole({
      about: 'Requests a minute and task that it aims at.',
      fallback: 'not looked at',
      example: 1000,
      min: 1,
      max: 1_000_000,
    }),
    schedule: listField(scheduled, {
      about: 'Ranges by the clock.',
      fallback: 'none',
      example: [{ name: 'sale', at: 'at(2026-11-27T06:00:00)', min: 6, max: 12 }],
      allowed: 'a list such as [{ name: morning, at: cron(0 7 ? * MON-FRI *), min: 4, max: 8 }]',
    }),
  },
  { max: whole({ about: 'Tasks at most.', example: 6, min: 1, max: 500 }) },
);

const backend = section(
  { about: 'How Fargate runs the backend.', example: { architecture: 'arm64', exec: false } },
  {
    architecture: oneOf(['x86_64', 'arm64'], {
      about: 'What the image is built for; arm64 costs a fifth less.',
      default: 'x86_64',
      example: 'arm64',
    }),
    exec: flag({
      about: '`aws ecs execute-command` into a running task, for people who may.',
      fallback: 'false in production, true otherwise',
      example: false,
    }),
    insights: flag({
      about: "Container Insights: CloudWatch's metrics of each task, charged apart.",
      default: false,
      example: true,
    }),
    autoscaling,
    spotPercent: whole({
      about:
        'Share of tasks on Fargate Spot, which costs about a third and may be stopped with two minutes of notice.',
      default: 0,
      example: 50,
      min: 0,
      max: 100,
    }),
    repository: text({
      about:
        'Your own repository for the images that tasks run, in place of one in ECR: host and path. Fargate must be allowed to pull from it.',
      fallback: 'one of the stack in ECR',
      example: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop',
      pattern:
        /^(localhost|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*)(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/,
      allowed: 'a repository such as ghcr.io/acme/shop, without a tag',
    }),
    policies: listField(
      arn(
        'ARN of an IAM policy.',
        /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]{1,512}$/,
        'arn:aws:iam::123456789012:policy/shop-uploads',
        "a policy's ARN such as arn:aws:iam::123456789012:policy/shop-uploads",
        'none',
      ),
      {
        about:
          'IAM policies for the backend itself, such as one for its upload bucket. Without them it may do nothing in AWS.',
        fallback: 'none',
        example: ['arn:aws:iam::123456789012:policy/shop-uploads'],
        allowed: 'a list of policy ARNs',
      },
    ),
  },
);

const edge = section(
  { about: 'The load balancer.', example: { zone: 'example.com', accessLogs: true } },
  {
    zone: text({
      about:
        'The Route 53 zone of `edge.host`, by id or name: its record and the proof for the certificate go there.',
      fallback: 'none: you set the record yourself, and `edge.tls` is a certificate’s ARN',
      example: 'example.com',
      pattern:
        /^(Z[A-Z0-9]{8,32}|([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9])$/,
      allowed: 'the id or name of a hosted zone such as Z0123456789ABCDEFGHIJ or example.com',
    }),
    accessLogs: documented(
      z.union(
        [
          z.boolean(),
          text({
            about: 'Name of a bucket.',
            example: 'acme-alb-logs',
            pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
            allowed: 'the name of a bucket such as acme-alb-logs',
          }),
        ],
        { error: 'true, false, or the name of a bucket such as acme-alb-logs' },
      ),
      {
        about:
          'Whether each request is logged to S3: into a bucket of the stack (`true`), kept for `logDays`, or into yours, whose policy lets the load balancer write.',
        default: false,
        example: true,
        allowed: 'true, false, or the name of a bucket such as acme-alb-logs',
      },
    ),
    waf: documented(
      z.union(
        [
          z.boolean(),
          text({
            about: 'ARN of your own web ACL.',
            example: 'arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/0a1b2c3d',
            pattern: /^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[\w-]+\/[\w-]+$/,
            allowed: "a regional web ACL's ARN",
          }),
        ],
        { error: "true, false, or a regional web ACL's ARN" },
      ),
      {
        about:
          "A web application firewall: AWS's managed rules and a limit of 2,000 requests in five minutes from one address (`true`), or your own web ACL.",
        default: false,
        example: true,
        allowed: "true, false, or a regional web ACL's ARN",
      },
    ),
  },
);

export const aws = section(
  {
    about: 'What only `target: aws` needs; looked at there alone.',
    fallback: 'none; required with target aws',
    example: {
      region: 'eu-central-1',
      network: { nat: 'single' },
      database: { instance: 'db.t4g.medium' },
      edge: { zone: 'example.com' },
    },
  },
  {
    tags: namedMap(
      {
        about: 'Tags on everything, beside those of the kit.',
        fallback: 'none',
        example: { team: 'shop', 'cost-center': '4711' },
      },
      {
        pattern: /^(?!aws:|medusa-infra\.)[\w .:/=+@-]{1,128}$/,
        allowed:
          'a tag key of up to 128 letters, digits, spaces and . : / = + @ - _ that begins with neither aws: nor medusa-infra',
      },
      scalarText('a text'),
    ),
    kmsKey: arn(
      'Your own KMS key for secrets, database, Redis, logs and images.',
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[0-9a-f-]{36}$/,
      'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      "a key's ARN (arn:aws:kms:...:key/...)",
      'a key of the stack',
    ),
    logDays: documented(
      z.union(
        [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731].map((days) =>
          z.literal(days),
        ) as [z.ZodLiteral<number>, z.ZodLiteral<number>, ...z.ZodLiteral<number>[]],
        {
          error: 'a number of days that CloudWatch offers: 1, 3, 5, 7, 14, 30, 60, 90, 180 or 365',
        },
      ),
      {
        about: 'For how many days logs are kept.',
        fallback: '90 in production, 14 otherwise',
        example: 30,
        allowed: '1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545 or 731',
      },
    ),
    secretRecoveryDays: whole({
      about:
        'Days in which a secret that was removed can be brought back: 7 to 30, or 0 for at once.',
      fallback: '7 in production, 0 otherwise',
      example: 30,
      min: 0,
      max: 30,
    }),
    network,
    database,
    redis,
    backend,
    edge,
  },
  {
    region: text({
      about: 'The region. Required with target aws.',
      example: 'eu-central-1',
      pattern: /^[a-z]{2}(-[a-z]+)+-\d$/,
      allowed: 'a region such as eu-central-1',
    }),
  },
);
