import * as pulumi from '@pulumi/pulumi';
import { RandomPassword } from '@pulumi/random/randomPassword.js';
import type { PlannedSecret, PlanOutput, Template } from '../src/derive/plan.ts';
import { passwordResource, secretVersionKey } from '../src/derive/secret-versions.ts';
import { fillTemplate, secretsIn } from '../src/derive/template.ts';
import type { Alphabet } from '../src/stack/stack-file.ts';

type GeneratedSecret = Extract<PlannedSecret, { readonly from: 'generated' }>;

/** Values of the secrets that the user supplies, by name; plain ones are checked before any resource is created. */
export type SuppliedValues = Readonly<Record<string, pulumi.Input<string>>>;

/** Outputs of resources, by their names in templates. */
export type TemplateOutputs = Readonly<Partial<Record<PlanOutput, pulumi.Input<string>>>>;

export interface StackSecretsArgs {
  readonly secrets: readonly PlannedSecret[];
  readonly supplied: SuppliedValues;
}

/**
 * All secrets of a stack. A generated one is a password for each live version: raising the version
 * generates the next value and leaves the kept ones alone.
 */
export class StackSecrets extends pulumi.ComponentResource {
  readonly #values = new Map<string, pulumi.Output<string>>();

  constructor(name: string, args: StackSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:index:StackSecrets', name, {}, opts);
    for (const secret of args.secrets) {
      if (secret.from === 'generated') {
        for (const version of secret.versions) {
          this.#values.set(
            key(secret.name, version),
            generated(passwordResource(name, secret.name, version), secret, this),
          );
        }
        const current = secret.versions[0];
        if (current === undefined) throw new Error(`secret ${secret.name} has no version`);
        this.#values.set(secret.name, this.value(secret.name, current));
      } else {
        const value = args.supplied[secret.name];
        if (value === undefined) throw new Error(`secret ${secret.name} was not supplied`);
        this.#values.set(secret.name, pulumi.secret(value));
      }
    }
    this.registerOutputs();
  }

  /** A secret's value. @param version of a generated secret. @default the current one */
  value(name: string, version?: number): pulumi.Output<string> {
    const found = this.#values.get(version === undefined ? name : key(name, version));
    if (found === undefined) throw new Error(`there is no secret ${key(name, version)}`);
    return found;
  }

  /**
   * A template's text; it is a Pulumi secret if it contains one.
   * @param outputs outputs of resources, for templates that name one
   */
  fill(template: Template, outputs: TemplateOutputs = {}): pulumi.Output<string> {
    const used = new Map(
      secretsIn(template).map(({ secret, version }) => [
        key(secret, version),
        this.value(secret, version),
      ]),
    );
    const named = new Map(outputsIn(template).map((name) => [name, outputs[name]]));
    return pulumi
      .all([pulumi.all(Object.fromEntries(used)), pulumi.all(Object.fromEntries(named))])
      .apply(([values, known]) =>
        fillTemplate(
          template,
          (name, version) => {
            const value = values[key(name, version)];
            if (value === undefined) throw new Error(`there is no secret ${key(name, version)}`);
            return value;
          },
          (name) => {
            const value = known[name];
            if (value === undefined) throw new Error(`there is no output ${name}`);
            return value;
          },
        ),
      );
  }
}

function outputsIn(template: Template): PlanOutput[] {
  return template.flatMap((part) =>
    typeof part !== 'string' && 'output' in part ? [part.output] : [],
  );
}

function key(name: string, version?: number): string {
  return version === undefined ? name : secretVersionKey(name, version);
}

/** Inputs that make the provider use an alphabet, and the pattern of such a value. */
const ALPHABETS: Readonly<Record<Alphabet, { readonly inputs: object; readonly pattern: RegExp }>> =
  {
    alphanumeric: {
      inputs: { special: false, minLower: 1, minUpper: 1, minNumeric: 1 },
      pattern: /^(?=.*[A-Z])[A-Za-z0-9]+$/,
    },
    // The provider adds any chosen "special" characters to its digits.
    hex: {
      inputs: {
        upper: false,
        lower: false,
        overrideSpecial: 'abcdef',
        minNumeric: 1,
        minSpecial: 1,
      },
      pattern: /^[0-9a-f]+$/,
    },
    base64url: {
      inputs: { overrideSpecial: '-_', minSpecial: 1 },
      pattern: /^(?=.*[-_])[A-Za-z0-9_-]+$/,
    },
    symbols: {
      inputs: { overrideSpecial: '!@#$%&*()=+[]{}<>:?', minSpecial: 1 },
      pattern: /^(?=.*[!@#$%&*()=+[\]{}<>:?])[A-Za-z0-9!@#$%&*()=+[\]{}<>:?]+$/,
    },
  };

/** All inputs that decide the form of a value: a change of one of them would replace the resource. */
const FORM = [
  ...['length', 'special', 'overrideSpecial', 'upper', 'lower', 'numeric'],
  ...['minLower', 'minUpper', 'minNumeric', 'minSpecial'],
];

/** A version keeps its value: another form applies to the next version. */
function generated(
  name: string,
  secret: GeneratedSecret,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const { length, alphabet } = secret;
  return new RandomPassword(
    name,
    { length, ...ALPHABETS[alphabet].inputs },
    { parent, ignoreChanges: FORM },
  ).result;
}

/** Warns about each current value whose form is not the one in the stack file. */
export function warnOfOldForms(secrets: StackSecrets, planned: readonly PlannedSecret[]): void {
  for (const secret of planned) {
    if (secret.from !== 'generated') continue;
    const { name, length, alphabet, versions } = secret;
    secrets.value(name).apply((value) => {
      if (value.length === length && ALPHABETS[alphabet].pattern.test(value)) return;
      void pulumi.log.warn(
        `secrets.${name}: version ${versions[0]} was generated with another length or alphabet; the file's (${length} characters, ${alphabet}) apply from the next version on: medusa-infra rotate ${name}`,
      );
    });
  }
}
