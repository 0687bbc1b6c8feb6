import { existsSync } from 'node:fs';
import { defaultHost, engineHosts } from '../../toolchain/engine.ts';

// The engine that the command would take (a Docker context, a socket of the user's) is that of the tests' own client.
const engine = engineHosts(process.env).find(
  (host) => !host.startsWith('unix://') || existsSync(host.slice('unix://'.length)),
);
if (engine !== undefined && engine !== defaultHost) process.env['DOCKER_HOST'] = engine;
