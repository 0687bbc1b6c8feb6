import { derivePlan } from '../../../src/derive/derive.ts';
import type { AwsPlan } from '../../../src/derive/plan.ts';
import { loadText } from './corpus.ts';
import { options } from './stack-files.ts';

export interface AwsStackText {
  /** Keys of the section `aws`, in YAML's flow form, such as `network: { nat: none }`. */
  readonly aws?: string;
  /** Further sections, one a line. */
  readonly more?: string;
  readonly environment?: 'development' | 'staging' | 'production';
  readonly region?: string;
}

/** The plan of a stack file for AWS that says little else. */
export function awsPlan(text: AwsStackText = {}): AwsPlan {
  const { aws = '', more = '', environment = 'production', region = 'eu-central-1' } = text;
  const backend = /^backend:/m.test(more) ? '' : 'backend: { image: "shop:1", replicas: 2 }\n';
  const edge = /^edge:/m.test(more) ? '' : 'edge: { host: shop.example.com, tls: auto }\n';
  const zone = /edge:/.test(aws) ? '' : ', edge: { zone: example.com }';
  const { result, lines } = loadText(
    `target: aws\nenvironment: ${environment}\n${backend}${edge}aws: { region: ${region}${zone}${aws === '' ? '' : `, ${aws}`} }\n${more}\n`,
  );
  if (result.stack?.target !== 'aws') throw new Error(lines.join('\n'));
  return derivePlan(result.stack, { ...options, project: 'acme', stack: 'prod' });
}
