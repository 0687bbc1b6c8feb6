import { z } from 'zod';
import { documented, flag, oneOf, section, size, text, whole } from '../../fields.ts';
import { dailyWindow, weeklyWindow } from './windows.ts';

const capacityError = 'a number of capacity units from 0.5 to 256 in steps of 0.5, such as 0.5';
const capacityUnits = (about: string, preset: number) =>
  documented(
    z
      .number({ error: capacityError })
      .min(0.5, { error: capacityError })
      .max(256, { error: capacityError })
      .multipleOf(0.5, { error: capacityError }),
    { about, default: preset, example: preset, allowed: capacityError },
  );

export const database = section(
  { about: 'How AWS runs PostgreSQL.', example: { instance: 'db.m7g.large', backupDays: 30 } },
  {
    kind: oneOf(['rds', 'aurora'], {
      about:
        '`rds`: one instance (and its standby). `aurora`: Aurora Serverless v2, which grows and shrinks with the load.',
      default: 'rds',
      example: 'aurora',
    }),
    instance: text({
      about: 'With rds: the instance class.',
      depends: true,
      example: 'db.m7g.large',
      pattern: /^db\.[a-z][a-z0-9]{1,9}\.[a-z0-9]{2,12}$/,
      allowed: 'an instance class such as db.t4g.medium',
    }),
    capacity: section(
      { about: 'With aurora: the range of its capacity, a unit being about 2 GiB of memory.' },
      {
        min: capacityUnits('Minimum, which is always paid for.', 0.5),
        max: capacityUnits('Maximum.', 4),
      },
    ),
    instances: whole({
      about: 'With aurora: the writer and its readers, to one of which it fails over.',
      depends: true,
      example: 2,
      min: 1,
      max: 15,
    }),
    storageMax: size({
      about:
        'With rds: maximum to which the storage grows automatically. Must be above `database.storage`.',
      depends: true,
      example: '200Gi',
      min: '20Gi',
      max: '64Ti',
    }),
    multiAz: flag({
      about: 'With rds: a standby in another zone that takes over within a minute or two.',
      depends: true,
      example: true,
    }),
    backupDays: whole({
      about: 'For how many days any point in time can be restored; 0: no backups.',
      depends: true,
      example: 30,
      min: 0,
      max: 35,
    }),
    backupWindow: dailyWindow('When the daily snapshot is taken.', '02:00-03:00'),
    maintenanceWindow: weeklyWindow(
      'When updates that need a restart happen.',
      'sun:03:30-sun:04:30',
    ),
    performanceInsights: flag({
      about: 'Whether AWS records what the database waits for (7 days, free).',
      depends: true,
      example: true,
    }),
    deletionProtection: flag({
      about: 'Whether AWS refuses to delete it, and the load balancer, until this is switched off.',
      depends: true,
      example: true,
    }),
    finalSnapshot: flag({
      about: 'Whether destroy leaves a snapshot behind.',
      depends: true,
      example: true,
    }),
    replaceable: flag({
      about:
        'Whether a change may replace the server, and with it all data. Set it for the one `up` that is meant to.',
      default: false,
      example: true,
    }),
  },
);
