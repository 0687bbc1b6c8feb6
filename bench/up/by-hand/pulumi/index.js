// The store as one would write it by hand for Pulumi. `npm run bench -- up` times it against the kit.

const { Container, Network, RemoteImage, Volume } = require('@pulumi/docker');
const pulumi = require('@pulumi/pulumi');
const { RandomPassword } = require('@pulumi/random');

const { name, port, images, labels: labelled, env } = JSON.parse(process.env.SHOP);
const labels = Object.entries(labelled).map(([label, value]) => ({ label, value }));

const secret = {};
for (const of of ['database', 'redis', 'jwt', 'cookie']) {
  secret[of] = new RandomPassword(of, { length: 64, special: false }).result;
}

const network = new Network('shop', { name, labels });
const volumes = {};
for (const of of ['database', 'redis', 'uploads', 'edge']) {
  volumes[of] = new Volume(of, { name: `${name}-${of}`, labels });
}
const image = new RemoteImage('backend', { name: images.backend, keepLocally: true }).imageId;

const on = (...aliases) => [{ name: network.id, aliases }];
const mounted = (of, containerPath) => [{ volumeName: volumes[of].name, containerPath }];
const always = { restart: 'unless-stopped', labels };

const database = new Container('database', {
  ...always,
  name: `${name}-database`,
  image: images.postgres,
  envs: [
    'POSTGRES_DB=medusa',
    pulumi.interpolate`POSTGRES_PASSWORD=${secret.database}`,
    'PGDATA=/var/lib/postgresql/data/pgdata',
  ],
  memory: 1024,
  wait: true,
  healthcheck: {
    tests: ['CMD', 'pg_isready', '-q', '-h', '127.0.0.1'],
    interval: '5s',
    retries: 30,
  },
  networksAdvanced: on('database'),
  volumes: mounted('database', '/var/lib/postgresql/data'),
});

const redis = new Container('redis', {
  ...always,
  name: `${name}-redis`,
  image: images.redis,
  entrypoints: ['redis-server'],
  command: ['--requirepass', secret.redis, '--appendonly', 'yes', '--dir', '/data'],
  user: 'redis',
  memory: 256,
  networksAdvanced: on('redis'),
  volumes: mounted('redis', '/data'),
});

const envs = pulumi.all(secret).apply((known) =>
  Object.entries({
    ...env,
    DATABASE_URL: `postgres://postgres:${known.database}@database/medusa`,
    REDIS_URL: `redis://:${known.redis}@redis`,
    JWT_SECRET: known.jwt,
    COOKIE_SECRET: known.cookie,
  }).map(([variable, value]) => `${variable}=${value}`),
);

const migrate = new Container(
  'migrate',
  {
    name: `${name}-migrate`,
    image,
    command: ['sh', '-c', 'node node_modules/.bin/medusa migrations run && node scripts/seed.js'],
    envs,
    memory: 1024,
    mustRun: false,
    attach: true,
    restart: 'no',
    networksAdvanced: on(),
    labels,
  },
  { dependsOn: [database, redis] },
);

const backend = new Container(
  'backend',
  {
    ...always,
    name: `${name}-backend`,
    image,
    envs,
    memory: 1024,
    wait: true,
    waitTimeout: 120,
    healthcheck: {
      tests: [
        'CMD',
        'node',
        '-e',
        "fetch('http://127.0.0.1:9000/health').then(({ status }) => process.exit(status === 200 ? 0 : 1), () => process.exit(1))",
      ],
      interval: '5s',
      retries: 30,
    },
    networksAdvanced: on('backend'),
    volumes: mounted('uploads', '/app/uploads'),
  },
  { dependsOn: [migrate] },
);

new Container(
  'edge',
  {
    ...always,
    name: `${name}-edge`,
    image: images.caddy,
    entrypoints: ['caddy'],
    command: ['reverse-proxy', '--from', ':8080', '--to', 'backend:9000'],
    envs: ['XDG_DATA_HOME=/data', 'XDG_CONFIG_HOME=/tmp'],
    memory: 128,
    ports: [{ internal: 8080, external: port, ip: '127.0.0.1' }],
    networksAdvanced: on(),
    volumes: mounted('edge', '/data'),
  },
  { dependsOn: [backend] },
);
