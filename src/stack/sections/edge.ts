import { z } from 'zod';
import { LOGIN_LIMIT } from '../../logins.ts';
import { documented, path, port, section, text } from '../fields.ts';

const acme = section(
  {
    about: 'How `tls: auto` obtains certificates on docker. Renewal is automatic.',
    example: { email: 'ops@example.com' },
    optional: true,
  },
  {
    email: text({
      about: 'Address that the authority may write to.',
      fallback: 'none',
      example: 'ops@example.com',
      pattern: /^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
      allowed: 'an e-mail address such as ops@example.com',
    }),
    directory: text({
      about: 'URL of the directory of another ACME server, such as your own.',
      fallback: "Let's Encrypt's",
      example: 'https://ca.example.com/acme/directory',
      pattern: /^https:\/\/[A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?(\/[A-Za-z0-9._~%+/-]*)?$/,
      allowed: 'an https URL such as https://ca.example.com/acme/directory',
    }),
    ca: path({
      about:
        "PEM file with the certificates that the directory's own one is checked against; from the stack file's folder.",
      fallback: "the image's list of public authorities",
      example: './ca.pem',
      pattern: /^[^\0]+$/,
      allowed: 'a path such as ./ca.pem',
    }),
  },
);

const httpPort = documented(
  z.union([z.literal(false), port({ about: 'Port for plain HTTP.' })], {
    error: 'false, or a whole number from 1 to 65535',
  }),
  {
    about:
      'Port on which plain HTTP is redirected to https (and an ACME server may ask). `false`: none.',
    depends: true,
    allowed: 'false, or a whole number from 1 to 65535',
    example: 8081,
  },
);

const MOST_LOGINS = 1_000_000;
const LOGINS = `false, or a whole number from 1 to ${MOST_LOGINS}`;
const anyLogins = z.literal(false, { error: LOGINS });
const logins = z
  .int({ error: LOGINS })
  .min(1, { error: LOGINS })
  .max(MOST_LOGINS, { error: LOGINS });
const loginLimit = documented(z.union([anyLogins, logins], { error: LOGINS }), {
  about: `Log-ins and requests for a new password that one address (IPv6: one /64) may try in ${LOGIN_LIMIT.windowSeconds / 60} minutes, on docker; then it gets 429. \`false\`: as many as it likes. On aws \`aws.edge.waf\` has such a limit.`,
  default: LOGIN_LIMIT.requests,
  allowed: LOGINS,
  example: 300,
});

const hostDoc = {
  about: 'Host name under which the store is reached.',
  default: 'localhost',
  example: 'shop.example.com',
  pattern:
    /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/,
  allowed: 'a host name such as shop.example.com, without scheme, port and path',
} as const;
/** Names are the same in any case; after loading in small letters. */
const host = documented(
  text(hostDoc).transform((name) => name.toLowerCase()),
  hostDoc,
);

const RANGES =
  'true, false, or a list of addresses and ranges such as [10.0.0.0/8, 192.0.2.7, 2001:db8::/32]';
const range = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], { error: RANGES });
const trustForwarded = documented(
  z.union([z.boolean(), z.array(range).min(1, { error: RANGES })], { error: RANGES }),
  {
    about:
      'TLS ends in front of this edge: it trusts X-Forwarded-* of clients with these addresses, and drops those of all others. `true`: private and loopback addresses. Without https as far as Medusa can see, its login sets no cookie outside development. On aws `true` or `false`.',
    default: false,
    allowed: RANGES,
    example: true,
  },
);

const ADDRESS = 'an IP address of the host, such as 127.0.0.1 or 0.0.0.0';
const bind = documented(z.union([z.ipv4(), z.ipv6()], { error: ADDRESS }), {
  about:
    "Address of the engine's host on which `port` and `httpPort` are published, on docker. `0.0.0.0`: all of them, past most firewalls of the host, since the engine forwards published ports itself.",
  depends: true,
  allowed: ADDRESS,
  example: '0.0.0.0',
});

export const edge = section(
  { about: 'The one way in: a proxy in front of the replicas.' },
  {
    host,
    port: port({
      about: 'Port that is published, on `bind`.',
      depends: true,
      example: 8080,
    }),
    bind,
    tls: text({
      about:
        "`off`: plain HTTP. `auto`: a certificate is obtained and renewed (ACME); on docker, for a host that no public authority knows, and until ACME has succeeded, the edge's own authority issues one. On aws also the ARN of a certificate.",
      depends: true,
      example: 'auto',
      pattern: /^(off|auto|arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[A-Za-z0-9-]+)$/,
      allowed: "off, auto, or a certificate's ARN (arn:aws:acm:...) on aws",
    }),
    httpPort,
    acme,
    trustForwarded,
    loginLimit,
  },
);
