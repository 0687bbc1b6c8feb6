// Loaded into every Node process of a measured run: what the program's own has used when it ends.
const { writeFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');

process.on('exit', () => {
  // Pulumi's language host starts programs by this script.
  if (!/@pulumi[\\/]pulumi[\\/]cmd[\\/]run/.test(process.argv[1] ?? '')) return;
  const modules = Object.keys(Module._cache);
  const facts = {
    // Kibibytes, says Node's documentation.
    maxRssKib: process.resourceUsage().maxRSS,
    awsModules: modules.filter((file) =>
      /node_modules[\\/](@pulumi[\\/]aws|@aws-sdk)[\\/]/.test(file),
    ).length,
  };
  writeFileSync(join(process.env.BENCH_FACTS, `${process.pid}.json`), JSON.stringify(facts));
});
