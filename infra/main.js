// The entry that Pulumi's language host loads. It has to be JavaScript that works by itself: the
// host's own TypeScript support differs by its version.
import '../toolchain/load-typescript.js';

// Pulumi's SDK takes a stack trace for each promise and lets source-map-support look up each frame of
// it, which is a quarter of what the process computes. Node's own traces have the right lines as well:
// types are stripped in place, or tsx gives Node its source maps.
Error.prepareStackTrace = undefined;
const { default: program } = await import('./index.ts');

export default program;
