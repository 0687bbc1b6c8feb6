import { z } from 'zod';
import { documented, section, text } from '../../fields.ts';

export const edge = section(
  { about: 'The load balancer.', example: { zone: 'example.com', accessLogs: true } },
  {
    zone: text({
      about:
        'The Route 53 zone of `edge.host`, by id or name: its record and the proof for the certificate go there.',
      fallback: 'none: you set the record yourself, and `edge.tls` is a certificate’s ARN',
      example: 'example.com',
      pattern:
        /^(Z[A-Z0-9]{8,32}|([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9])$/,
      allowed: 'the id or name of a hosted zone such as Z0123456789ABCDEFGHIJ or example.com',
    }),
    accessLogs: documented(
      z.union(
        [
          z.boolean(),
          text({
            about: 'Name of a bucket.',
            example: 'acme-alb-logs',
            pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
            allowed: 'the name of a bucket such as acme-alb-logs',
          }),
        ],
        { error: 'true, false, or the name of a bucket such as acme-alb-logs' },
      ),
      {
        about:
          'Whether each request is logged to S3: into a bucket of the stack (`true`), kept for `logDays`, or into yours, whose policy lets the load balancer write.',
        default: false,
        example: true,
        allowed: 'true, false, or the name of a bucket such as acme-alb-logs',
      },
    ),
    waf: documented(
      z.union(
        [
          z.boolean(),
          text({
            about: 'ARN of an existing web ACL.',
            example: 'arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/0a1b2c3d',
            pattern: /^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[\w-]+\/[\w-]+$/,
            allowed: "a regional web ACL's ARN",
          }),
        ],
        { error: "true, false, or a regional web ACL's ARN" },
      ),
      {
        about:
          "A web application firewall: AWS's managed rules, and limits of 2,000 requests and 100 log-ins in five minutes from one address (`true`), or your own web ACL.",
        default: false,
        example: true,
        allowed: "true, false, or a regional web ACL's ARN",
      },
    ),
  },
);
