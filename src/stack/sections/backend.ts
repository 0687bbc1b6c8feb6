import { z } from 'zod';
import {
  cpu,
  documented,
  duration,
  flag,
  listField,
  namedMap,
  path,
  port,
  scalarText,
  secretRef,
  section,
  size,
  text,
  VARIABLE_NAME,
  whole,
} from '../fields.ts';

const word = scalarText('a word such as start');
const COMMAND = { allowed: 'a list of words such as [node, server.js]', min: 1 } as const;

const reference = text({
  about:
    'A reference. `stacks/images.lock.yaml` pins the digest that it has at the first `up`; `images update backend` takes the current one.',
  example: 'ghcr.io/acme/shop:1.4.2',
  pattern:
    /^([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:\d{1,5})?\/)?[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[a-f0-9]{64})?$/,
  allowed: 'an image reference such as ghcr.io/acme/shop:1.4.2, or { build: folder }',
});

const build = section(
  { about: 'A folder to build the image from.' },
  {
    dockerfile: text({
      about: 'The Dockerfile, from the build folder.',
      default: 'Dockerfile',
      example: 'Dockerfile.production',
      pattern: /^(?!([^\n]*\/)?\.\.(\/|$))[^\s/][^\n]*$/,
      allowed: 'a path inside the build folder, without "..", such as Dockerfile',
    }),
    args: namedMap(
      {
        about: 'Build arguments. They stay in the image: no secrets.',
        fallback: 'none',
        example: { NODE_VERSION: '20' },
      },
      VARIABLE_NAME,
      scalarText('a text'),
    ),
  },
  {
    build: path({
      about: "The build folder, from the stack file's folder.",
      example: '../backend',
      pattern: /^\S(.*\S)?$/,
      allowed: 'a folder such as ../backend',
    }),
  },
);

export const backend = section(
  {
    about: 'The Medusa backend: its image, its size and its variables.',
    example: {
      image: 'ghcr.io/acme/shop:1.4.2',
      replicas: 2,
      cpu: '500m',
      memory: '1Gi',
      env: { LOG_LEVEL: 'info', STRIPE_API_KEY: { secret: 'stripeApiKey' } },
    },
  },
  {
    image: documented(
      z
        .union([reference, build], {
          error: 'an image reference such as ghcr.io/acme/shop:1.4.2, or { build: folder }',
        })
        .transform((image) => (typeof image === 'string' ? { reference: image } : image)),
      {
        about: 'What runs: an image reference, or a folder to build. Required in production.',
        default: { build: '../backend' },
        example: 'ghcr.io/acme/shop:1.4.2',
      },
    ),
    command: listField(word, {
      about: 'Starts the backend. Runs under an init.',
      default: ['node', 'node_modules/.bin/medusa', 'start'],
      example: ['node', 'server.js'],
      ...COMMAND,
    }),
    migrate: listField(word, {
      about: 'Migrates the database, once, before a release takes traffic.',
      default: ['node', 'node_modules/.bin/medusa', 'migrations', 'run'],
      example: ['node', 'node_modules/.bin/medusa', 'migrations', 'run'],
      ...COMMAND,
    }),
    seed: listField(word, {
      about:
        'Runs after the migrations, at each change of the backend: data to begin with. It must be safe to repeat. For development on docker: refused in production, and, unless `seed-public` is accepted, in staging and on aws, since a seed may create users whose passwords are known.',
      fallback: 'none',
      example: ['node', 'scripts/seed.js'],
      ...COMMAND,
    }),
    shell: flag({
      about:
        'Whether the image has `/bin/sh`, which puts secrets into the environment at the start. Without one the backend gets `<NAME>_FILE` variables instead.',
      default: true,
      example: false,
    }),
    replicas: whole({
      about: 'Number of replicas (containers).',
      default: 1,
      example: 2,
      min: 1,
      max: 100,
    }),
    port: port({
      about: 'Port on which the backend listens inside its container (`PORT`).',
      default: 9000,
      example: 9000,
    }),
    cpu: cpu({
      about: 'CPU share of one replica: thousandths (`500m`) or a number (`0.5`).',
      default: '500m',
      example: '500m',
    }),
    memory: size({
      about: 'Memory limit of one replica. Medusa needs 512Mi under load.',
      default: '1Gi',
      example: '1Gi',
      min: '64Mi',
      max: '1Ti',
    }),
    stopGrace: duration({
      about: 'From the request to stop until the backend is killed; requests in flight end in it.',
      default: '30s',
      example: '30s',
      min: '1s',
      max: '300s',
    }),
    health: section(
      { about: 'How a replica is known to be healthy.' },
      {
        path: text({
          about: 'Path that answers 200 when the backend can serve.',
          default: '/health',
          example: '/health',
          pattern: /^\/[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*$/,
          allowed: 'a path that begins with a slash, such as /health',
        }),
        start: duration({
          about: 'How long a start may take before it counts as failed.',
          default: '120s',
          example: '120s',
          min: '5s',
          max: '1h',
        }),
      },
    ),
    expose: section(
      {
        about:
          'Publishes the database or Redis on 127.0.0.1, for tools on this machine. Development on docker only.',
      },
      {
        database: port({
          about: 'Port for PostgreSQL on 127.0.0.1.',
          fallback: 'not published',
          example: 5432,
        }),
        redis: port({
          about: 'Port for Redis on 127.0.0.1.',
          fallback: 'not published',
          example: 6379,
        }),
      },
    ),
    instanceMetadata: flag({
      about:
        "Whether the backend reaches the metadata service of the cloud machine that it runs on (169.254.169.254), which gives the machine's credentials to every process that asks. Only where a plugin logs in with them. On docker; on aws a task has its own role.",
      default: false,
      example: true,
    }),
    env: namedMap(
      {
        about:
          'Extra variables: a text, or `{ secret: name }`. Those that the kit derives are refused.',
        fallback: 'none',
        example: { LOG_LEVEL: 'info', STRIPE_API_KEY: { secret: 'stripeApiKey' } },
      },
      VARIABLE_NAME,
      z.union([scalarText('a text'), secretRef('A secret by name.', 'stripeApiKey')], {
        error: "a text, a number, true or false ('' for an empty one), or { secret: name }",
      }),
    ),
  },
);
