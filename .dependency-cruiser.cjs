/**
 * The layers of the design, held by CI. Imports go one way:
 * errors, units, environment <- stack <- derive <- infra (targets, index), and cli on top.
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'pulumi-only-in-infra-and-cli',
      comment: 'Everything under src but the command is plain data in, plain data out.',
      severity: 'error',
      from: { path: '^(src|toolchain|scripts)/', pathNot: '^src/cli/' },
      to: { path: 'node_modules/@pulumi/' },
    },
    {
      name: 'cli-uses-only-the-automation-api',
      comment: 'Resources are made by the program in infra/, never by the command.',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: 'node_modules/@pulumi/', pathNot: 'node_modules/@pulumi/pulumi/automation/' },
    },
    {
      name: 'stack-knows-nothing-above',
      severity: 'error',
      from: { path: '^src/stack/' },
      to: { path: '^(src/(derive|runtime|prepare|cli)|infra|toolchain)/' },
    },
    {
      name: 'derive-knows-nothing-above',
      severity: 'error',
      from: { path: '^src/derive/' },
      to: { path: '^(src/(runtime|prepare|cli)|infra|toolchain)/' },
    },
    {
      name: 'what-runs-in-the-container-stands-alone',
      comment:
        'The runtime and the prepare script are bundled: they share only plain tables and types.',
      severity: 'error',
      from: { path: '^src/(runtime|prepare)/' },
      to: {
        path: '^(src/(stack|derive|cli)|infra|toolchain)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'components-never-see-the-stack-file',
      severity: 'error',
      from: { path: '^infra/components/' },
      to: { path: '^(src/stack|src/cli|infra/targets)/' },
    },
    {
      name: 'toolchain-stands-below',
      severity: 'error',
      from: { path: '^toolchain/' },
      to: { path: '^(infra|src/(cli|runtime|prepare))/' },
    },
    {
      name: 'infra-never-uses-the-command',
      severity: 'error',
      from: { path: '^infra/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'docker-loads-nothing-of-aws',
      comment:
        'Both SDKs are large: whoever is on Docker neither waits for them nor keeps them in memory.',
      severity: 'error',
      from: { path: '^infra/up-docker\\.ts$' },
      to: { path: 'node_modules/(@pulumi/aws|@aws-sdk)/', reachable: true },
    },
    {
      name: 'aws-sdk-only-behind-import',
      comment: 'The modules around it are read on Docker too: it is loaded where it is used.',
      severity: 'error',
      from: { path: '^(src|toolchain|bin|infra/(aws|engine|index))' },
      to: {
        path: 'node_modules/(@pulumi/aws|@aws-sdk)/',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'nothing-imports-tests',
      comment: 'The bench does: it brings up a store of its own as the tests do.',
      severity: 'error',
      from: { path: '^(src|infra|toolchain|scripts|bin)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'not-to-dev-dependency',
      severity: 'error',
      from: { path: '^(src|infra|toolchain|bin)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|backend|coverage)/' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'] },
  },
};
