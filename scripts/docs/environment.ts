import {
  ENVIRONMENT_TABLE,
  type EnvironmentFormat,
  type EnvironmentVariable,
  FILE_SUFFIX,
  SECRETS_FOLDER,
} from '../../src/container/environment.ts';

export const file = 'docs/environment.md';

const FORMATS: Readonly<Record<EnvironmentFormat, string>> = {
  text: 'text',
  integer: 'decimal digits',
  path: 'absolute path in the container',
  url: 'URL',
  json: 'JSON',
  time: 'ISO 8601, UTC',
  origins: 'CORS entries joined by commas, without spaces',
  logging: '`true`, `false`, `all`, or a comma-separated list',
};

/** The reference of the backend's environment: every variable that the kit derives. */
export function render(): string {
  return [INTRO, overview(), ...ENVIRONMENT_TABLE.map(section)].join('\n');
}

const INTRO = `<!-- Generated from src/container/environment.ts by \`npm run docs\`; do not edit. -->
# Variables of the backend

Every variable below is derived from the stack file; \`backend.env\` may not set them. Add your own variables there:

\`\`\`yaml
backend:
  env:
    LOG_LEVEL: info
    STRIPE_API_KEY: { secret: stripeApiKey }
\`\`\`

The [runtime](runtime.md) turns them into the exports of \`medusa-config.js\`; a hand-written file reads the conventional names itself ([what to check](own-backend.md#a-medusa-configjs-written-by-hand)). \`medusa-infra env -s dev\` prints the values of a stack, with secrets masked.

**Secret values** are files under \`${SECRETS_FOLDER}\`, named like the variable, and enter the environment only when the command starts, so \`docker inspect\` shows none. An image without a shell (\`backend.shell: false\`) gets \`<NAME>${FILE_SUFFIX}\` with the file's path instead; the runtime reads it.
`;

function overview(): string {
  const rows = ENVIRONMENT_TABLE.map(
    ({ name, secret, source, present }) =>
      `| [\`${name}\`](#${name.toLowerCase()}) | ${secret ? 'yes' : ''} | \`${source}\` | ${present} |`,
  );
  return ['| variable | secret | comes from | set |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function section(variable: EnvironmentVariable): string {
  return `## ${variable.name}

${variable.doc}

- Form: ${FORMATS[variable.format]}
- Comes from: \`${variable.source}\`${variable.secret ? ' (secret)' : ''}
- Set: ${variable.present}
- Example: \`${variable.example}\`
`;
}
