// The entry of this repository's own Pulumi.yaml; a project that installed the package names `medusa-infra/program`.
import { ensureBuilt } from '../scripts/ensure-built.mjs';

ensureBuilt();
const { default: program } = await import('../dist/program.js');

export default program;
