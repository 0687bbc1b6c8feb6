import { documented, flag, listField, oneOf, section, text, whole } from '../../fields.ts';

const subnets = (about: string, example: string[]) =>
  listField(
    text({
      about: 'Id of a subnet.',
      example: 'subnet-0a1b2c3d4e5f60718',
      pattern: /^subnet-[0-9a-f]{8,17}$/,
      allowed: 'the id of a subnet such as subnet-0a1b2c3d4e5f60718',
    }),
    { about, example, fallback: 'made', allowed: 'a list of subnet ids', min: 2 },
  );

const NETWORK = {
  about: 'The VPC: a new one, or your own by id.',
  example: { zones: 2, nat: 'single' },
  implied: {},
} as const;
const keys = section(NETWORK, {
  cidr: text({
    about: 'Addresses of the new VPC: a private range of the size /16 to /20.',
    default: '10.0.0.0/16',
    example: '10.20.0.0/16',
    pattern: /^(10\.\d{1,3}|172\.(1[6-9]|2\d|3[01])|192\.168)\.\d{1,3}\.\d{1,3}\/(1[6-9]|20)$/,
    allowed: 'a private range of the size /16 to /20 such as 10.20.0.0/16',
  }),
  zones: whole({
    about: 'Availability zones that it spans.',
    default: 2,
    example: 3,
    min: 2,
    max: 3,
  }),
  nat: oneOf(['per-zone', 'single', 'none'], {
    about:
      'How the backend reaches the internet: a NAT gateway in each zone, a single one for all zones (if its zone fails, all lose access), or none: then only AWS is reached, through VPC endpoints.',
    depends: true,
    example: 'single',
  }),
  flowLogs: flag({
    about: 'Whether connections are logged (CloudWatch, kept for `logDays`).',
    default: false,
    example: true,
  }),
  vpc: text({
    about: 'Your own VPC by id, in place of a new one. It needs the two lists of subnets.',
    fallback: 'a new one',
    example: 'vpc-0a1b2c3d4e5f60718',
    pattern: /^vpc-[0-9a-f]{8,17}$/,
    allowed: 'the id of a VPC such as vpc-0a1b2c3d4e5f60718',
  }),
  publicSubnets: subnets('With `vpc`: subnets with an internet gateway, for the load balancer.', [
    'subnet-0a1b2c3d4e5f60718',
    'subnet-1a1b2c3d4e5f60718',
  ]),
  privateSubnets: subnets('With `vpc`: subnets for the backend, PostgreSQL and Redis.', [
    'subnet-2a1b2c3d4e5f60718',
    'subnet-3a1b2c3d4e5f60718',
  ]),
});

/** After loading, what belongs to your own VPC stands together. */
export const network = documented(
  keys.transform(({ vpc, publicSubnets, privateSubnets, ...rest }) => ({
    ...rest,
    existing: vpc
      ? { vpc, publicSubnets: publicSubnets ?? [], privateSubnets: privateSubnets ?? [] }
      : undefined,
  })),
  NETWORK,
);
