import { nearest } from '../suggest.ts';
import { printable } from '../tree.ts';
import type { Rule } from './rule.ts';

/** Rules about `accept` itself; `used`: the accepted rules that this stack breaks. */
export function acceptRules(rules: readonly Rule[], used: ReadonlySet<string>): readonly Rule[] {
  const acceptable = rules.filter((rule) => rule.acceptable).map((rule) => rule.name);
  const entries = (raw: readonly { rule: string }[] | null | undefined) =>
    (raw ?? []).map(({ rule }, index) => ({ rule, path: ['accept', index, 'rule'] }));
  return [
    {
      name: 'accept-known',
      about: 'Only rules that may be accepted are.',
      check: ({ raw }) =>
        entries(raw.accept)
          .filter(({ rule }) => !acceptable.includes(rule))
          .map(({ rule, path }) => {
            if (rules.some((known) => known.name === rule)) {
              return { path, message: `${rule} cannot be accepted; fix what it reports` };
            }
            const near = nearest(rule, acceptable);
            const fix = near
              ? `did you mean "${near}"?`
              : `those that can be accepted: ${acceptable.join(', ')}`;
            return { path, message: `no rule ${printable(rule)}; ${fix}` };
          }),
    },
    {
      name: 'accept-used',
      about: 'An accepted rule is one that the stack breaks.',
      whole: true,
      check: ({ raw, broken }) =>
        broken.length > 0
          ? []
          : entries(raw.accept)
              .filter(({ rule }) => acceptable.includes(rule) && !used.has(rule))
              .map(({ rule, path }) => ({
                path,
                message: `nothing breaks ${rule} any more; remove the entry`,
                level: 'warning' as const,
              })),
    },
  ];
}
