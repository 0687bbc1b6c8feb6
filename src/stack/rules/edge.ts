import type { Rule } from './rule.ts';
import { when } from './rule.ts';

const tlsOff: Rule = {
  name: 'tls-off',
  about:
    'Outside development the store is reached over https, here or in front of the edge: Medusa sets its login cookie only there.',
  acceptable: true,
  whole: true,
  check: ({ stack }) =>
    when(
      stack.environment !== 'development' && stack.edge.tls === 'off' && !stack.edge.trustForwarded,
      () => ({
        path: ['edge', 'tls'],
        message: `off in ${stack.environment} leaves the login without a cookie; write auto, or trustForwarded: true where TLS ends in front of this edge`,
      }),
    ),
};

const certificateTarget: Rule = {
  name: 'certificate-target',
  about: "A certificate's ARN belongs to aws.",
  check: ({ stack }) =>
    when(stack.target === 'docker' && stack.edge.tls.startsWith('arn:'), () => ({
      path: ['edge', 'tls'],
      message: "off or auto on docker, got a certificate's ARN",
    })),
};

const publicHost: Rule = {
  name: 'public-host',
  about: 'A certificate is obtained for a host name that the internet knows.',
  whole: true,
  check: ({ stack }) => {
    const { host, tls } = stack.edge;
    const local =
      !host.includes('.') ||
      /\.(localhost|local|internal|test)$/.test(host) ||
      /^[\d.]+$/.test(host);
    return when(tls === 'auto' && local, () => ({
      path: ['edge', 'host'],
      message: `no certificate can be had for ${host}; name the public host such as shop.example.com`,
      level: 'warning',
    }));
  },
};

export const edgeRules: readonly Rule[] = [tlsOff, certificateTarget, publicHost];
