import { duration, oneOf, section, text } from '../fields.ts';

export const images = section(
  { about: 'Where the images of PostgreSQL, Redis, Node and the edge come from.' },
  {
    source: oneOf(['auto', 'official', 'debian'], {
      about:
        "`official` pulls the vendors' images; `debian` builds equivalents from Debian packages (PostgreSQL 15); `auto` takes the official ones where a registry answers. The choice is kept in `stacks/images.lock.yaml`.",
      default: 'auto',
      example: 'official',
    }),
    registry: text({
      about: 'Registry to pull the official images from: host, port and path.',
      fallback: "the engine's own",
      example: 'ghcr.io/acme',
      pattern:
        /^(localhost(:\d{1,5})?|[A-Za-z0-9-]+:\d{1,5}|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d{1,5})?)(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/,
      allowed:
        'a host such as ghcr.io, with port and path where needed, without https:// and a slash at the end',
    }),
    maxAge: duration({
      about:
        'Age at which an image is due for `images update`: since it was chosen or last found to be the newest. `images` and `status` report it.',
      fallback: 'none',
      example: '30d',
      min: '1h',
      max: '3650d',
    }),
  },
);
