import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';

// What a user's shell says to Pulumi, AWS or Medusa is no input of a test: each says what it needs itself. Where
// tools and caches are (PULUMI_HOME, MEDUSA_INFRA_CACHE, DOCKER_*, npm_config_*) stays as it is.
const STRANGE =
  /^(PULUMI_(?!HOME$)|AWS_(?!CA_BUNDLE$)|MEDUSA_(?!INFRA_)|(DATABASE|REDIS|JWT|COOKIE|SESSION)_|(ADMIN|STORE)_CORS|NODE_ENV$|FORCE_COLOR$|NO_COLOR$|PG[A-Z]+$)/;

for (const name of Object.keys(process.env)) if (STRANGE.test(name)) delete process.env[name];
// As without a variable; `test` is the runner's own.
process.env['NODE_ENV'] = 'test';
// No profile of the user's either.
process.env['AWS_CONFIG_FILE'] = '/dev/null';
process.env['AWS_SHARED_CREDENTIALS_FILE'] = '/dev/null';
// The servers of the tests are on this machine, also behind a proxy.
for (const name of ['NO_PROXY', 'no_proxy']) {
  const listed = process.env[name]?.split(',') ?? [];
  process.env[name] = [...new Set([...listed, 'localhost', '127.0.0.1'])].filter(Boolean).join(',');
}
// Tools that tests stand in for are shell scripts with paths in them, and messages are matched word by word.
if (/\s/.test(tmpdir()) || !writable(tmpdir())) process.env['TMPDIR'] = '/tmp';

function writable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
