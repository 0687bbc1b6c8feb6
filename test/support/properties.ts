import * as fc from 'fast-check';

/**
 * Every run tries the same values, so that a commit does not fail by chance on what another one
 * introduced. Look for more with: npm run bench -- properties
 */
const DEFAULT_SEED = 20_261_122;

const seed = Number(process.env['FAST_CHECK_SEED'] ?? DEFAULT_SEED);
const runs = process.env['FAST_CHECK_RUNS'];
fc.configureGlobal({ seed, ...(runs ? { numRuns: Number(runs) } : {}) });
