// Everything comes from the environment that medusa-infra derives from the stack file.
const { defineMedusaConfig } = require('./medusa-infra-runtime.cjs');

module.exports = defineMedusaConfig();
