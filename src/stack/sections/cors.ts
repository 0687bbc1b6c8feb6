import { listField, section, text } from '../fields.ts';

const allowed =
  'an origin such as https://shop.example.com, or a pattern such as /^https:\\/\\/.+\\.example\\.com$/';

/** Only what a pattern can say; rules/cors.ts judges each entry with its own message. */
const entry = text({
  about:
    "An origin (scheme, host, port) or a pattern between two equal delimiters / ~ @ ; % # or '.",
  example: 'https://shop.example.com',
  pattern: /^[^\n]*$/,
  allowed,
});

const origins = (about: string, example: string[]) =>
  listField(entry, {
    about,
    example,
    depends: true,
    allowed: `a list such as [https://shop.example.com]`,
  });

export const cors = section(
  { about: 'Who may call the APIs from a browser.' },
  {
    admin: origins('Origins of the admin.', ['https://admin.example.com']),
    store: origins('Origins of the storefront.', [
      'https://shop.example.com',
      '/^https:\\/\\/preview-\\d+\\.example\\.com$/',
    ]),
  },
);
