import { z } from 'zod';
import { documented, oneOf, section, text } from '../fields.ts';

/** Folders of the system, and those that the kit fills itself: a volume there would hide them. */
const SYSTEM =
  'bin|boot|dev|etc|lib|lib64|opt/medusa-infra|proc|root|run|sbin|sys|tmp|var/lib/medusa';
const NAME = '(?!\\.{1,2}(?:/|$))[A-Za-z0-9._-]+';

export const uploads = documented(
  z.union(
    [
      z.literal(false),
      section(
        { about: 'Where the backend keeps uploaded files. Only on docker.' },
        {
          path: text({
            about:
              "The folder that the volume holds: from the image's working folder, or absolute. It must be the one that the file plugin writes to (`upload_dir` of `@medusajs/file-local`).",
            default: 'uploads',
            example: '/app/static',
            pattern: new RegExp(`^(?!/(?:${SYSTEM})(?:/|$))/?${NAME}(?:/${NAME})*$`),
            allowed:
              "a folder such as uploads (from the image's working folder) or /app/static, outside the system's folders",
          }),
          onDestroy: oneOf(['keep', 'delete'], {
            about: 'What `destroy` does with the files. `delete` is refused in production.',
            default: 'keep',
            example: 'delete',
          }),
        },
      ),
    ],
    { error: 'false, or a map of path and onDestroy' },
  ),
  {
    about:
      'On docker, uploaded files are kept in the volume `<project>-<stack>-uploads`, which all replicas and jobs share. `false`: no volume, so each replica loses its files with the next release.',
    fallback: "on docker a volume at the image's own `uploads` folder; on aws none",
    example: { path: '/app/static' },
  },
);
