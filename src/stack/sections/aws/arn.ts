import { text } from '../../fields.ts';

export const arn = (
  about: string,
  pattern: RegExp,
  example: string,
  allowed: string,
  fallback: string,
) => text({ about, fallback, example, pattern, allowed });
