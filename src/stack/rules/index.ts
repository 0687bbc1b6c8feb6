import type { Issue } from '../issues.ts';
import { issueAt } from '../issues.ts';
import { keyPlaceAt, placeAt } from '../tree.ts';
import { touches } from '../validate.ts';
import { acceptRules } from './accept.ts';
import { awsDataRules } from './aws/data.ts';
import { awsPolicyRules } from './aws/policies.ts';
import { awsRules } from './aws/target.ts';
import { backendRules } from './backend.ts';
import { corsRules } from './cors.ts';
import { databaseRules } from './database.ts';
import { edgeRules } from './edge.ts';
import { moduleRules } from './modules.ts';
import { redisRules } from './redis.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';
import { secretRules } from './secrets.ts';
import { uploadsNote, uploadsRules } from './uploads.ts';

/** Every rule across fields, in the order of the stack file's sections. */
export const RULES: readonly Rule[] = [
  ...backendRules,
  ...edgeRules,
  ...databaseRules,
  ...redisRules,
  ...uploadsRules,
  ...secretRules,
  ...corsRules,
  ...moduleRules,
  ...awsRules,
  ...awsDataRules,
  ...awsPolicyRules,
];

/** What the rules say of a stack file. */
export interface Judgement {
  readonly issues: Issue[];
  readonly warnings: Issue[];
  readonly notes: Issue[];
}

/** Applies all rules; what `accept` names becomes neither an issue nor a warning. */
export function applyRules(context: RuleContext): Judgement {
  const judged = { error: [] as Issue[], warning: [] as Issue[], note: [] as Issue[] };
  const used = new Set<string>();
  const keep = (rule: Rule, finding: Finding) => {
    const { path, message } = finding;
    // What is wrong by itself was reported already; a rule would only repeat it.
    if (context.broken.some((wrong) => touches(wrong, path))) return;
    if (rule.acceptable && Object.hasOwn(context.stack.accept, rule.name)) {
      used.add(rule.name);
      return;
    }
    const place = finding.atKey
      ? keyPlaceAt(context.tree, path)
      : placeAt(context.tree, [...path, ...(finding.at ?? [])]);
    const level = finding.level ?? 'error';
    const fix =
      rule.acceptable && level === 'error' ? `; or accept ${rule.name} with a reason` : '';
    judged[level].push(issueAt(place, path, message + fix, rule.name));
  };
  for (const rule of [...RULES, uploadsNote]) {
    if (rule.whole && !context.whole) continue;
    for (const finding of rule.check(context)) keep(rule, finding);
  }
  for (const rule of acceptRules(RULES, used)) {
    for (const finding of rule.check(context)) keep(rule, finding);
  }
  return { issues: judged.error, warnings: judged.warning, notes: judged.note };
}
