// Runs before anything else in `npm start` and `npm test`: installs the dependencies when node_modules is missing or
// is not what package-lock.json asks for. Plain JavaScript without dependencies, since there may be none yet, and
// without syntax newer than the oldest Node that should get to read the message below.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const oldestMajor = 20;
const root = fileURLToPath(new URL('..', import.meta.url));

if (Number(process.versions.node.split('.')[0]) < oldestMajor) {
  console.error(
    `Node ${oldestMajor} or newer is needed, found ${process.versions.node}: install it from https://nodejs.org and run this again`,
  );
  process.exit(1);
}

const reason = difference(read('package-lock.json'), read('node_modules/.package-lock.json'));
if (reason) {
  console.error(`${reason}: installing the dependencies (npm ci)`);
  // No package needs its install script: a unit test lists those that have one. Standard output stays the command's own.
  const { status, error } = spawnSync('npm', ['ci', '--ignore-scripts'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    console.error(
      `npm ci failed${error ? ` (${error.message})` : ''}: see its message above; the npm registry (npm config get registry) must be reachable once`,
    );
    process.exit(1);
  }
}

function read(name) {
  const file = `${root}${name}`;
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** Why what npm installed (as it noted itself) is not what the lockfile asks for; undefined when it is. */
function difference(wanted, installed) {
  if (!installed) return 'node_modules is missing';
  for (const [path, want] of Object.entries(wanted.packages)) {
    if (path === '') continue;
    const have = installed.packages[path];
    // Packages for other platforms are optional and rightly absent.
    if (!have && (want.optional || want.devOptional)) continue;
    if (!have) return `${path} is missing`;
    if (have.version !== want.version || have.integrity !== want.integrity) {
      return `${path} is ${have.version} instead of ${want.version}`;
    }
  }
  return undefined;
}
