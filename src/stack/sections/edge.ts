import { flag, port, section, text } from '../fields.ts';

export const edge = section(
  { about: 'The one way in: a proxy in front of the replicas.' },
  {
    host: text({
      about: 'Host name under which the store is reached.',
      default: 'localhost',
      example: 'shop.example.com',
      pattern:
        /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/,
      allowed: 'a host name such as shop.example.com, without scheme, port and path',
    }),
    port: port({
      about: 'Port that is published: on 127.0.0.1 in development, on all addresses otherwise.',
      fallback: '9000 in development, 443 otherwise',
      example: 8080,
    }),
    tls: text({
      about:
        '`off`: plain HTTP. `auto`: a certificate is obtained and renewed (ACME). On aws also the ARN of a certificate.',
      fallback: 'off in development, auto otherwise',
      example: 'auto',
      pattern: /^(off|auto|arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[A-Za-z0-9-]+)$/,
      allowed: "off, auto, or a certificate's ARN (arn:aws:acm:...) on aws",
    }),
    trustForwarded: flag({
      about:
        'TLS ends in front of this edge: it trusts X-Forwarded-* of what connects to it. Without https as far as Medusa can see, its login sets no cookie outside development.',
      default: false,
      example: true,
    }),
  },
);
