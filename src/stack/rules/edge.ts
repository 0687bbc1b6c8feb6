import { isLocalHost } from '../local-host.ts';
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

const edgeAddresses: Rule = {
  name: 'edge-addresses',
  about: 'Addresses of hosts and clients belong to docker: on aws the load balancer has its own.',
  check: ({ stack, raw }) => {
    if (stack.target === 'docker') return [];
    const { bind, trustForwarded } = raw.edge ?? {};
    return [
      ...when(typeof bind === 'string', () => ({
        path: ['edge', 'bind'],
        message: `only on docker, got ${stack.target}; remove it`,
        atKey: true,
      })),
      ...when(Array.isArray(trustForwarded), () => ({
        path: ['edge', 'trustForwarded'],
        message: `true or false on ${stack.target}, whose load balancer trusts all clients or none, got a list`,
      })),
    ];
  },
};

const loginLimitTarget: Rule = {
  name: 'login-limit-target',
  about: "The replicas' limit of log-ins belongs to docker: on aws the firewall has one.",
  check: ({ stack, raw }) =>
    when(stack.target !== 'docker' && (raw.edge?.loginLimit ?? undefined) !== undefined, () => ({
      path: ['edge', 'loginLimit'],
      message: `only on docker, got ${stack.target}, where aws.edge.waf limits log-ins; remove it`,
      atKey: true,
    })),
};

const publicHost: Rule = {
  name: 'public-host',
  about:
    'Outside development a certificate is obtained for a host name that the internet knows, or from your own ACME directory.',
  whole: true,
  check: ({ stack }) => {
    const { host, tls, acme } = stack.edge;
    const own = stack.target === 'docker';
    const wanted = tls === 'auto' && isLocalHost(host) && acme?.directory === undefined;
    return when(wanted && !(own && stack.environment === 'development'), () => ({
      path: ['edge', 'host'],
      message: own
        ? `no public certificate is available for ${host}, so the edge's own authority issues one that browsers do not know; name the public host such as shop.example.com, or your own edge.acme.directory`
        : `no certificate is available for ${host}; name the public host such as shop.example.com`,
      level: 'warning',
    }));
  },
};

const httpPortTls: Rule = {
  name: 'http-port-tls',
  about: 'Plain HTTP is redirected only where there is https.',
  whole: true,
  check: ({ stack, raw }) =>
    when(stack.edge.tls === 'off' && typeof raw.edge?.httpPort === 'number', () => ({
      path: ['edge', 'httpPort'],
      message: 'nothing to redirect to without TLS; write edge.tls: auto, or remove it',
    })),
};

const acmeTls: Rule = {
  name: 'acme-tls',
  about: 'ACME obtains certificates where the edge has any to obtain.',
  whole: true,
  check: ({ stack }) => {
    const { acme, tls, host } = stack.edge;
    if (!acme) return [];
    const path = ['edge', 'acme'];
    if (stack.target !== 'docker') {
      const message = `only on docker, got ${stack.target}, whose certificates are not obtained by ACME; remove it`;
      return [{ path, message, atKey: true }];
    }
    if (tls !== 'auto') {
      const message = `nothing is obtained with tls ${tls}; write edge.tls: auto, or remove it`;
      return [{ path, message, atKey: true }];
    }
    return when(isLocalHost(host) && acme.directory === undefined, () => ({
      path,
      message: `Let's Encrypt issues nothing for ${host}; name your own directory, or remove it`,
      atKey: true,
    }));
  },
};

const acmeCa: Rule = {
  name: 'acme-ca',
  about: "Another CA is trusted for your own directory; Let's Encrypt needs none.",
  whole: true,
  check: ({ stack }) => {
    const { acme } = stack.edge;
    return when(acme?.ca !== undefined && acme.directory === undefined, () => ({
      path: ['edge', 'acme', 'ca'],
      message: 'belongs to your own directory; name edge.acme.directory, or remove it',
    }));
  },
};

const acmePorts: Rule = {
  name: 'acme-ports',
  about: "Let's Encrypt asks a host at port 80 or 443 whether it is the one that asks.",
  acceptable: true,
  whole: true,
  check: ({ stack }) => {
    const { host, port, httpPort, tls, acme } = stack.edge;
    const asked =
      stack.target === 'docker' && tls === 'auto' && !isLocalHost(host) && !acme?.directory;
    return when(asked && port !== 443 && httpPort !== 80, () => ({
      path: ['edge', 'port'],
      message: `Let's Encrypt asks ${host} at port 443 or 80, and this edge publishes neither; set port: 443 or httpPort: 80, or forward one of them to it`,
      level: 'warning',
    }));
  },
};

export const edgeRules: readonly Rule[] = [
  tlsOff,
  certificateTarget,
  edgeAddresses,
  loginLimitTarget,
  publicHost,
  httpPortTls,
  acmeTls,
  acmeCa,
  acmePorts,
];
