// Puts data/seed.json into an empty store, once: `node scripts/seed.js [file]`.
// Everybody can read the passwords in that file, so its users are created in development only.
// `medusa seed` may hang, and may end with 0 although nothing was written. This uses the same code,
// within a time limit, and proves the result by looking at the tables. Exit code 0 only when the
// data is there or the store was not empty.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Client } = require('pg');

const limitSeconds = Number(process.env.SEED_TIMEOUT_SECONDS ?? 180);
const root = path.join(__dirname, '..');
const file = path.resolve(process.argv[2] ?? path.join(root, 'data', 'seed.json'));

/** Only one seed at a time in one database; any fixed number will do. */
const lockKey = 7_365_646;

async function main() {
  const { projectConfig } = require(path.join(root, 'medusa-config.js'));
  const schema = projectConfig.database_schema ?? 'public';
  const whole = JSON.parse(fs.readFileSync(file, 'utf8'));
  const seed = process.env.NODE_ENV === 'development' ? whole : { ...whole, users: [] };
  const client = new Client({
    connectionString: projectConfig.database_url,
    ...projectConfig.database_extra,
    connectionTimeoutMillis: 15_000,
  });
  await client.connect();
  await client.query('SELECT pg_advisory_lock($1)', [lockKey]);

  const tables = ['product', 'region', 'user'];
  const used = [];
  for (const table of tables) {
    if ((await countRows(client, schema, table)) > 0) used.push(table);
  }
  if (used.length > 0) {
    console.log(`seed: the store has data already (${used.join(', ')}); nothing done`);
    return;
  }

  console.log(`seed: writing ${file}`);
  if (seed !== whole) console.log('seed: users are left out, they are for development only');
  const { default: medusaSeed } = require('@medusajs/medusa/dist/commands/seed');
  // Medusa takes a file, not what is in it.
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'seed-'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  const seedFile = path.join(folder, 'seed.json');
  fs.writeFileSync(seedFile, JSON.stringify(seed));
  await medusaSeed({ directory: root, migrate: false, seedFile });
  await prove(client, schema, seed);
  console.log(`seed: done, ${seed.products.length} products are in the store`);
}

async function countRows(client, schema, table) {
  const name = `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(table)}`;
  const { rows } = await client.query(`SELECT count(*)::int AS n FROM ${name}`);
  return rows[0].n;
}

/** Every product has its variants and prices, every region and user of the seed is there. */
async function prove(client, schema, seed) {
  const variants = seed.products.flatMap((product) => product.variants);
  const expected = {
    product: seed.products.length,
    product_variant: variants.length,
    money_amount: variants.flatMap((variant) => variant.prices).length,
    region: seed.regions.length,
    user: seed.users.length,
  };
  for (const [table, count] of Object.entries(expected)) {
    const found = await countRows(client, schema, table);
    if (found < count) {
      throw new Error(`table ${table} holds ${found} rows after the seed, expected ${count}`);
    }
  }
}

function fail(error) {
  console.error(`seed: failed: ${error?.message ?? error}`);
  process.exit(1);
}

process.on('unhandledRejection', fail);
process.on('uncaughtException', fail);
setTimeout(() => fail(new Error(`not done after ${limitSeconds} s`)), limitSeconds * 1000);
// Medusa's loaders leave connections open, which would keep the process alive.
main().then(() => process.exit(0), fail);
