import { z } from 'zod';
import { documented, flag, oneOf, secretRef, section, size, whole } from '../fields.ts';

export const redis = documented(
  z.union(
    [
      z.literal(false),
      section(
        { about: 'Redis: provisioned, or your own with `external`.' },
        {
          version: whole({
            about: 'Major version of the provisioned server.',
            fallback: 'the newest that the image source offers',
            example: 7,
            variant: 'provisioned',
            min: 6,
            max: 99,
          }),
          memory: size({
            about: 'Memory limit of the provisioned server.',
            default: '256Mi',
            example: '256Mi',
            variant: 'provisioned',
            min: '32Mi',
            max: '1Ti',
          }),
          persist: flag({
            about: 'Whether sessions, jobs and events survive a restart.',
            default: true,
            example: true,
            variant: 'provisioned',
          }),
          external: section(
            {
              about: 'Your own server instead of a provisioned one.',
              optional: true,
              example: { url: { secret: 'redisUrl' } },
              variant: 'external',
              allowed: '{ url: { secret: name } }',
            },
            {},
            {
              url: secretRef(
                'Secret with the URL: redis[s]://[user][:password]@host[:port][/number].',
                'redisUrl',
              ),
            },
          ),
          onDestroy: oneOf(['keep', 'delete'], {
            about: 'What `destroy` does with the data. `delete` is refused in production.',
            default: 'keep',
            example: 'delete',
            variant: 'provisioned',
            chooses: false,
          }),
        },
      ),
    ],
    { error: 'false, or a map of version, memory, persist, external and onDestroy' },
  ),
  {
    about:
      'Sessions, jobs, cache and events. `false`: none, and in-memory modules instead (development only).',
    implied: {},
    variants: ['external', 'provisioned'],
    fallback: 'provisioned and persistent',
    example: { version: 7, memory: '256Mi', persist: true },
  },
);
