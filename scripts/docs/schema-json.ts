import { stackJsonSchema } from './json-schema.ts';

export const file = 'stacks/schema.json';

/** The JSON Schema that editors read by the first line of each stack file. */
export function render(): string {
  return `${JSON.stringify(stackJsonSchema(), null, 2)}\n`;
}
