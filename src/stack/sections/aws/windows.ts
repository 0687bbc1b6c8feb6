import { text } from '../../fields.ts';

const TIME = '([01]\\d|2[0-3]):[0-5]\\d';
const DAY = '(mon|tue|wed|thu|fri|sat|sun)';

export const dailyWindow = (about: string, preset: string) =>
  text({
    about,
    default: preset,
    example: preset,
    pattern: new RegExp(`^${TIME}-${TIME}$`),
    allowed: `a daily window in UTC such as ${preset}`,
  });

export const weeklyWindow = (about: string, preset: string) =>
  text({
    about,
    default: preset,
    example: preset,
    pattern: new RegExp(`^${DAY}:${TIME}-${DAY}:${TIME}$`),
    allowed: `a weekly window in UTC such as ${preset}`,
  });
