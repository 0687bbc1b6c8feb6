import { describe, expect, test } from 'vitest';
import { declaresArgument, withAuthorities } from '../../../src/images/dockerfile.ts';

const inserted = [
  'COPY .medusa-infra/ca.crt /etc/medusa-infra/ca.crt',
  'ARG NODE_EXTRA_CA_CERTS=/etc/medusa-infra/ca.crt',
  'ARG SSL_CERT_FILE=/etc/medusa-infra/ca.crt',
];

describe('declaresArgument', () => {
  test('finds the argument among others, and not in text', () => {
    expect(declaresArgument('ARG NODE_IMAGE=node:22\nFROM ${NODE_IMAGE}', 'NODE_IMAGE')).toBe(true);
    expect(declaresArgument('ARG A=1 NODE_IMAGE\nFROM x', 'NODE_IMAGE')).toBe(true);
    expect(
      declaresArgument('FROM x\n# ARG NODE_IMAGE\nRUN echo ARG NODE_IMAGE', 'NODE_IMAGE'),
    ).toBe(false);
    expect(declaresArgument('ARG NODE_IMAGES=1\nFROM x', 'NODE_IMAGE')).toBe(false);
  });
});

describe('withAuthorities', () => {
  test('only stages that run something get the certificates', () => {
    const dockerfile = [
      'FROM node:22 AS build',
      'COPY . .',
      'RUN npm ci',
      'FROM node:22',
      'COPY --from=build /app /app',
      'CMD ["node", "RUN.js"]',
    ];
    expect(withAuthorities(dockerfile.join('\n'))?.split('\n')).toEqual([
      'FROM node:22 AS build',
      ...inserted,
      ...dockerfile.slice(1),
    ]);
  });

  test('continued lines, comments in them and heredocs are part of their instruction', () => {
    const dockerfile = [
      'FROM \\',
      '# a comment',
      '  node:22',
      'COPY <<EOF /etc/text',
      'FROM nowhere',
      'RUN nothing',
      'EOF',
      'RUN a && \\',
      '  FROM b',
    ];
    expect(withAuthorities(dockerfile.join('\n'))?.split('\n')).toEqual([
      ...dockerfile.slice(0, 3),
      ...inserted,
      ...dockerfile.slice(3),
    ]);
  });

  test('a Dockerfile with its own way, or without a RUN, stays as it is', () => {
    expect(
      withAuthorities('FROM x\nCOPY package.json .medusa-infra* /host/\nRUN a'),
    ).toBeUndefined();
    expect(withAuthorities('FROM x\nCOPY . .\n')).toBeUndefined();
  });
});
