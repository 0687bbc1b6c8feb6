import { z } from 'zod';
import { documented, oneOf, section, text } from '../fields.ts';

/** Folders of the system, and those that the kit fills itself: a volume in one of them would hide files. */
const SYSTEM =
  'bin|boot|dev|etc|lib|lib64|opt/medusa-infra|proc|root|run|sbin|sys|tmp|var/lib/medusa|usr/(?!src/[^/]+/)';
/** These hold others of them. Many images have their working folder below /usr/src. */
const SYSTEM_PARENTS = 'home|mnt|opt|srv|usr|usr/src|var|var/lib';
const NAME = '(?!\\.{1,2}(?:/|$))[A-Za-z0-9._-]+';

/** A folder that the volume may stand for: from the image's working folder, or absolute. */
export const UPLOADS_FOLDER = new RegExp(
  `^(?=.{1,255}$)(?!/(?:${SYSTEM})(?:/|$|(?<=/)))(?!/(?:${SYSTEM_PARENTS})$)(?!node_modules(?:/|$))/?${NAME}(?:/${NAME})*$`,
);

export const uploads = documented(
  z.union(
    [
      z.literal(false),
      section(
        { about: 'Where the backend keeps uploaded files. Only on docker.' },
        {
          path: text({
            about:
              "The folder that the volume holds: from the image's working folder, or absolute. It is the one that the file plugin writes to (`upload_dir` of `@medusajs/file-local`). `up` refuses the working folder itself and those above it, once the image is there.",
            default: 'uploads',
            example: 'static',
            pattern: UPLOADS_FOLDER,
            allowed:
              "a folder such as uploads (from the image's working folder) or /data/uploads, outside the system's folders, without ./ and a slash at the end",
          }),
          onDestroy: oneOf(['keep', 'delete'], {
            about:
              'What `destroy`, and an `up` with `uploads: false`, do with the files. `delete` is refused in production.',
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
    implied: {},
    fallback: "on docker a volume at the image's own `uploads` folder; on aws none",
    example: { path: 'static' },
  },
);
