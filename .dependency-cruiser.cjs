/**
 * The layers of the design, held by CI. Imports go one way: errors, units, container <- stack <- derive <-
 * docker, aws, images <- infra and cli, next to each other.
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
      name: 'cli-creates-no-resources',
      comment: 'The program in infra/ creates resources, never the command.',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: {
        path: 'node_modules/@pulumi/',
        pathNot: 'node_modules/@pulumi/pulumi/(automation|proto)/',
      },
    },
    {
      name: 'no-command-imports-another',
      comment:
        'A command is its flags, help and action; what two of them do lives next to commands/.',
      severity: 'error',
      from: { path: '^src/cli/commands/' },
      to: { path: '^src/cli/commands/' },
    },
    {
      name: 'commands-import-their-work-in-the-action',
      comment: 'Help and `check` load no other command, no Docker, no Pulumi.',
      severity: 'error',
      from: { path: '^src/cli/commands/' },
      to: {
        path: '^(src|toolchain|infra)/',
        pathNot: '^src/cli/options\\.ts$',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'nothing-imports-infra',
      comment:
        'Pulumi loads the program, or the command for it, in one place; what the command shares with it lives in src.',
      severity: 'error',
      from: { path: '^(src|toolchain|scripts|bin)/', pathNot: '^src/cli/run/operation\\.ts$' },
      to: { path: '^infra/' },
    },
    {
      name: 'stack-knows-nothing-above',
      comment: 'The stack file is read and checked without a plan, an engine or a cloud.',
      severity: 'error',
      from: { path: '^src/stack/' },
      to: {
        path: '^(src/(derive|docker|aws|images|cli|container/(runtime|prepare))|infra|toolchain)/',
      },
    },
    {
      name: 'derive-knows-nothing-above',
      comment: 'The plan depends on the file alone: no engine, cloud or tool is asked.',
      severity: 'error',
      from: { path: '^src/derive/' },
      to: { path: '^(src/(docker|aws|images|cli|container/(runtime|prepare))|infra|toolchain)/' },
    },
    {
      name: 'derive-builds-no-script',
      comment: 'The plan says which scripts run where; infra/ builds them.',
      severity: 'error',
      from: { path: '^src/derive/' },
      to: { path: '^src/bundle\\.ts$' },
    },
    {
      name: 'the-container-stands-alone',
      comment: 'What runs in the container is bundled: it shares only plain tables and types.',
      severity: 'error',
      from: { path: '^src/container/' },
      to: {
        path: '^(src/(stack|derive|docker|aws|images|cli)|infra|toolchain)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'docker-never-meets-aws',
      comment: 'Both are equals: who works on one target never has to read the other.',
      severity: 'error',
      from: { path: '^(src|infra)/[a-z/]*docker/' },
      to: { path: '^(src|infra)/[a-z/]*aws/' },
    },
    {
      name: 'aws-never-meets-docker',
      comment: 'Both are equals: who works on one target never has to read the other.',
      severity: 'error',
      from: { path: '^(src|infra)/[a-z/]*aws/' },
      to: { path: '^(src|infra)/[a-z/]*docker/' },
    },
    {
      name: 'components-never-see-the-stack-file',
      comment: 'A component is given its arguments; the plan decides what they are.',
      severity: 'error',
      from: { path: '^infra/components/' },
      to: { path: '^(src/stack|infra/targets)/' },
    },
    {
      name: 'toolchain-knows-nothing-of-the-product',
      comment: 'It installs tools: it could serve any other project.',
      severity: 'error',
      from: { path: '^toolchain/' },
      to: { path: '^(infra|src)/', pathNot: '^src/(errors|error-codes)\\.ts$' },
    },
    {
      name: 'infra-and-engines-never-use-the-command',
      comment: 'Plain `pulumi up` runs without it.',
      severity: 'error',
      from: { path: '^(infra|src/(docker|aws|images))/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'docker-loads-nothing-of-aws',
      comment:
        'Both SDKs are large: whoever is on Docker neither waits for them nor keeps them in memory.',
      severity: 'error',
      from: { path: '^infra/targets/docker/up\\.ts$' },
      to: { path: 'node_modules/(@pulumi/aws|@aws-sdk)/', reachable: true },
    },
    {
      name: 'aws-sdk-only-behind-import',
      comment: 'The modules around it are read on Docker too: it is loaded where it is used.',
      severity: 'error',
      from: { path: '^(src|toolchain|bin|infra/index)' },
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
      comment:
        'What is compiled into dist/ may import a devDependency, which is bundled; the test of the package looks at the result.',
      severity: 'error',
      from: { path: '^bin/' },
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
