import { listField, section, text, whole } from '../../fields.ts';

const PERCENT = { min: 10, max: 95 } as const;

const SCHEDULE_ALLOWED =
  'a schedule such as cron(0 7 ? * MON-FRI *), rate(1 hour) or at(2026-11-27T06:00:00)';

const scheduled = section(
  { about: 'Another range of tasks from a point in time.' },
  {
    timezone: text({
      about: 'Time zone of the schedule.',
      default: 'UTC',
      example: 'Europe/Berlin',
      pattern: /^(UTC|[A-Z][A-Za-z_]+(\/[A-Z][A-Za-z_+-]+){1,2})$/,
      allowed: 'a time zone such as Europe/Berlin',
    }),
  },
  {
    name: text({
      about: 'Its name, unique in the list.',
      example: 'weekday-morning',
      pattern: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
      allowed: 'a name such as weekday-morning',
    }),
    at: text({
      about: 'When: EventBridge’s `cron(...)`, `rate(...)` or `at(...)`.',
      example: 'cron(0 7 ? * MON-FRI *)',
      pattern:
        /^(cron\(\S+( \S+){5}\)|rate\(\d+ (minutes?|hours?|days?)\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\))$/,
      allowed: SCHEDULE_ALLOWED,
    }),
    min: whole({ about: 'Minimum number of tasks.', example: 4, min: 0, max: 500 }),
    max: whole({ about: 'Maximum number of tasks.', example: 8, min: 1, max: 500 }),
  },
);

export const autoscaling = section(
  {
    about: 'Scaling by load and by schedule. Without it: always `backend.replicas`.',
    example: { min: 2, max: 6, cpu: 60 },
    optional: true,
  },
  {
    min: whole({ about: 'Minimum number of tasks.', depends: true, example: 2, min: 0, max: 500 }),
    cpu: whole({
      about: 'Target CPU utilization, in percent.',
      depends: 'sometimes',
      example: 60,
      ...PERCENT,
    }),
    memory: whole({
      about: 'Target memory utilization, in percent.',
      fallback: 'not used',
      example: 75,
      ...PERCENT,
    }),
    requests: whole({
      about: 'Target number of requests per minute and task.',
      fallback: 'not used',
      example: 1000,
      min: 1,
      max: 1_000_000,
    }),
    schedule: listField(scheduled, {
      about: 'Scheduled ranges.',
      implied: [],
      fallback: 'none',
      example: [{ name: 'sale', at: 'at(2026-11-27T06:00:00)', min: 6, max: 12 }],
      allowed: 'a list such as [{ name: morning, at: cron(0 7 ? * MON-FRI *), min: 4, max: 8 }]',
    }),
  },
  { max: whole({ about: 'Maximum number of tasks.', example: 6, min: 1, max: 500 }) },
);
