import { text } from '../../fields.ts';

export const arn = (
  about: string,
  pattern: RegExp,
  example: string,
  allowed: string,
  fallback: string,
) => text({ about, fallback, example, pattern, allowed });

/** An IAM policy, yours or one of AWS. */
export const policyArn = (about: string, name: string, fallback: string) => {
  const example = `arn:aws:iam::123456789012:policy/${name}`;
  return arn(
    about,
    /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]{1,512}$/,
    example,
    `a policy's ARN such as ${example}`,
    fallback,
  );
};
