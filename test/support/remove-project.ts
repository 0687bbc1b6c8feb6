// Runs as a separate process when a test process ends before its cleanup could: see project.ts.
//   node --import ./toolchain/load-typescript.js test/support/remove-project.ts NAME FOLDER
import { rmSync } from 'node:fs';
import { removeProject } from './engine.ts';

const [name, folder] = process.argv.slice(2);
if (!name?.startsWith('it-') || !folder) throw new Error('usage: remove-project.ts it-NAME FOLDER');
await removeProject(name);
rmSync(folder, { recursive: true, force: true });
