import { z } from 'zod';
import {
  documented,
  flag,
  listField,
  oneOf,
  secretRef,
  section,
  size,
  text,
  whole,
} from '../fields.ts';

const commandAllowed = 'a command in lower case, such as geoadd or client|list';
const command = text({
  about: 'A command, or a subcommand.',
  example: 'geoadd',
  pattern: /^[a-z][a-z0-9._]*(\|[a-z][a-z-]*)?$/,
  allowed: commandAllowed,
});

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
          allow: listField(command, {
            about:
              "Commands that a plugin needs in addition to those that the backend's user has ([which](docker.md#what-the-stores-let-the-backend-do)). Docker only.",
            implied: [],
            fallback: 'none',
            example: ['geoadd', 'geosearch'],
            allowed: 'a list of commands such as [geoadd, geosearch]',
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
    { error: 'false, or a map of version, memory, persist, allow, external and onDestroy' },
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
