import { flag, oneOf, section, text, whole } from '../../fields.ts';
import { dailyWindow, weeklyWindow } from './windows.ts';

export const redis = section(
  { about: 'How AWS runs Redis (ElastiCache, cluster mode disabled).', example: { replicas: 1 } },
  {
    engine: oneOf(['redis', 'valkey'], {
      about: 'Redis OSS, or Valkey, which speaks the same protocol and costs a fifth less.',
      default: 'redis',
      example: 'valkey',
    }),
    node: text({
      about: 'The node type.',
      fallback: 'the smallest that holds `redis.memory` and what ElastiCache reserves',
      example: 'cache.t4g.small',
      pattern: /^cache\.[a-z][a-z0-9]{1,9}\.[a-z0-9]{2,12}$/,
      allowed: 'a node type such as cache.t4g.small',
    }),
    replicas: whole({
      about:
        'Replicas in other zones, in addition to the primary; with one or more, failover is automatic.',
      depends: true,
      example: 1,
      min: 0,
      max: 5,
    }),
    snapshotDays: whole({
      about: 'For how many days daily snapshots are kept; 0: none.',
      depends: true,
      example: 7,
      min: 0,
      max: 35,
    }),
    snapshotWindow: dailyWindow('When the daily snapshot is taken.', '03:00-04:00'),
    maintenanceWindow: weeklyWindow(
      'When updates that need a restart happen.',
      'sun:04:30-sun:05:30',
    ),
    replaceable: flag({
      about: 'Whether a change may replace the servers, and with them all data.',
      default: false,
      example: true,
    }),
  },
);
