import { listField, section, text, whole } from '../../fields.ts';

const PERCENT = { min: 10, max: 95 } as const;

const SCHEDULE_ALLOWED =
  'a schedule such as cron(0 7 ? * MON-FRI *), rate(1 hour) or at(2026-11-27T06:00:00)';

const scheduled = section(
  { about: 'From a time on, another range of tasks.' },
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
    min: whole({ about: 'Tasks at least.', example: 4, min: 0, max: 500 }),
    max: whole({ about: 'Tasks at most.', example: 8, min: 1, max: 500 }),
  },
);

export const autoscaling = section(
  {
    about: 'More and fewer tasks by load and by the clock. Left out: always `backend.replicas`.',
    example: { min: 2, max: 6, cpu: 60 },
    optional: true,
  },
  {
    min: whole({ about: 'Tasks at least.', depends: true, example: 2, min: 0, max: 500 }),
    cpu: whole({
      about: 'CPU use that it aims at, in percent.',
      depends: 'sometimes',
      example: 60,
      ...PERCENT,
    }),
    memory: whole({
      about: 'Memory use that it aims at, in percent.',
      fallback: 'not looked at',
      example: 75,
      ...PERCENT,
    }),
    requests: whole({
      about: 'Requests a minute and task that it aims at.',
      fallback: 'not looked at',
      example: 1000,
      min: 1,
      max: 1_000_000,
    }),
    schedule: listField(scheduled, {
      about: 'Ranges by the clock.',
      implied: [],
      fallback: 'none',
      example: [{ name: 'sale', at: 'at(2026-11-27T06:00:00)', min: 6, max: 12 }],
      allowed: 'a list such as [{ name: morning, at: cron(0 7 ? * MON-FRI *), min: 4, max: 8 }]',
    }),
  },
  { max: whole({ about: 'Tasks at most.', example: 6, min: 1, max: 500 }) },
);
