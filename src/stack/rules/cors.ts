import { describeFound } from '../found.ts';
import type { Path } from '../tree.ts';
import { treeAt } from '../tree.ts';
import { originProblem } from './cors-origin.ts';
import { matchedStranger, parsePattern, patternProblem } from './cors-pattern.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

interface Entry {
  readonly value: string;
  readonly path: Path;
  readonly found: string;
}

/** Entries as written, with their places; the schema reports those that are no text. */
function entries(context: RuleContext): Entry[] {
  return ['admin', 'store'].flatMap((list) => {
    const tree = treeAt(context.tree, ['cors', list]);
    if (tree?.kind !== 'list') return [];
    return tree.items.flatMap((item, index): Entry[] => {
      const path = ['cors', list, index];
      if (item.kind !== 'scalar' || typeof item.value !== 'string') return [];
      return [{ value: item.value, path, found: describeFound(item, path) }];
    });
  });
}

/** As Medusa does: what begins with one of its delimiters was meant as a pattern. */
const isPattern = (value: string) => /^[/~@;%#']/.test(value);

const corsOrigin: Rule = {
  name: 'cors-origin',
  about: 'A CORS entry is an origin as browsers send it: scheme, host and port alone.',
  check: (context) =>
    entries(context).flatMap(({ value, path, found }) => {
      const problem = isPattern(value) ? undefined : originProblem(value);
      return problem ? [{ path, message: `${problem}, got ${found}` }] : [];
    }),
};

const corsPattern: Rule = {
  name: 'cors-pattern',
  about:
    'A CORS pattern stands between two equal delimiters, compiles, holds no comma or space (Medusa splits the list at commas), and has no g or y flag.',
  check: (context) =>
    entries(context).flatMap(({ value, path, found }) => {
      const problem = isPattern(value) ? patternProblem(value) : undefined;
      return problem ? [{ path, message: `${problem}, got ${found}` }] : [];
    }),
};

const corsStrangers: Rule = {
  name: 'cors-strangers',
  about: 'A CORS pattern matches no origin of strangers (an error outside development).',
  acceptable: true,
  check: (context) =>
    entries(context).flatMap(({ value, path }): Finding[] => {
      if (!isPattern(value) || patternProblem(value)) return [];
      const pattern = parsePattern(value);
      const stranger = pattern && matchedStranger(pattern);
      if (!stranger) return [];
      const message =
        stranger.kind === 'slow'
          ? 'takes too long on a short text; a stranger could stop the backend with it: repeat no group that repeats'
          : `matches ${stranger.origin}, which anyone can own; ${stranger.fix}`;
      const level = context.stack.environment === 'development' ? 'warning' : 'error';
      return [{ path, message, level }];
    }),
};

const corsDot: Rule = {
  name: 'cors-dot',
  about: 'A dot of a host name is escaped in a CORS pattern: alone it matches any character.',
  acceptable: true,
  check: (context) =>
    entries(context).flatMap(({ value, path, found }): Finding[] => {
      if (!isPattern(value) || patternProblem(value)) return [];
      // A dot between two letters, neither escaped, repeated nor inside [ ].
      const bare = (parsePattern(value)?.source ?? '').replace(/\\.|\[[^\]]*\]/g, 'a');
      if (!/[a-z0-9)]\.[a-z0-9(]/i.test(bare)) return [];
      const message = `write \\. for a dot of the host, got ${found}`;
      return [{ path, message, level: 'warning' }];
    }),
};

export const corsRules: readonly Rule[] = [corsOrigin, corsPattern, corsStrangers, corsDot];
