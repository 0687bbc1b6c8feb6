import { createHash } from 'node:crypto';
import { scramVerifier } from './scram.ts';
import type { PlanOutput, SecretPart, Template } from './template-parts.ts';
import { encodeUriPart, postgresPart, withPostgresOptions } from './url.ts';

/** The value of a secret; `version` is undefined for the current one. */
export type SecretLookup = (name: string, version?: number) => string;

/** The value of an output, known once its resource is made. */
export type OutputLookup = (name: PlanOutput) => string;

/** The template's text, with its secrets and outputs filled in. */
export function fillTemplate(
  template: Template,
  secrets: SecretLookup,
  outputs: OutputLookup = (name) => {
    throw new Error(`the output ${name} is not known here`);
  },
): string {
  return template
    .map((part) => {
      if (typeof part === 'string') return part;
      return 'output' in part ? outputs(part.output) : fillSecret(part, secrets);
    })
    .join('');
}

/** The template's text for people: each secret as `<secret NAME>`. */
export function describeTemplate(template: Template): string {
  return template
    .map((part) => {
      if (typeof part === 'string') return part;
      if ('output' in part) return `<${part.output}>`;
      const version = part.version === undefined ? '' : ` v${part.version}`;
      const digest = ['sha256', 'scram'].includes(part.encode ?? '') ? ` as ${part.encode}` : '';
      return `<secret ${part.secret}${version}${digest}${describeTransform(part.transform)}>`;
    })
    .join('');
}

/** The secrets that a template needs. */
export function secretsIn(template: Template): readonly SecretPart[] {
  return template.filter(
    (part): part is SecretPart => typeof part !== 'string' && 'secret' in part,
  );
}

function fillSecret(part: SecretPart, secrets: SecretLookup): string {
  const value = secrets(part.secret, part.version);
  return encode(transform(value, part.transform), part.encode);
}

function transform(value: string, by: SecretPart['transform']): string {
  if (!by) return value;
  return by.kind === 'postgres-url'
    ? withPostgresOptions(value, by.options)
    : postgresPart(value, by.part);
}

function describeTransform(by: SecretPart['transform']): string {
  if (!by) return '';
  return by.kind === 'postgres-url' ? ' with search_path and TLS mode' : `: its ${by.part}`;
}

function encode(value: string, encoding: SecretPart['encode']): string {
  switch (encoding) {
    case 'uri':
      return encodeUriPart(value);
    case 'json':
      return JSON.stringify(value).slice(1, -1);
    case 'sha256':
      return createHash('sha256').update(value).digest('hex');
    case 'scram':
      return scramVerifier(value);
    case undefined:
      return value;
  }
}
