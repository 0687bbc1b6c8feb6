/** What IAM's documents hold of a statement, as far as the kit writes them. */
export interface IamStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
}

export interface IamPolicy {
  readonly Statement: readonly IamStatement[];
}

export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the request; a key that is not here does not exist in it. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * Whether policies allow a request, by IAM's rules: a Deny wins, an Allow is needed. Knows the operators
 * that the kit writes and throws at any other.
 */
export function allows(policies: readonly IamPolicy[], request: IamRequest): boolean {
  const matching = policies
    .flatMap(({ Statement }) => Statement)
    .filter((statement) => matches(statement, request));
  return (
    matching.some(({ Effect }) => Effect === 'Allow') &&
    !matching.some(({ Effect }) => Effect === 'Deny')
  );
}

function matches(statement: IamStatement, { action, resource, context = {} }: IamRequest): boolean {
  return (
    // Actions are compared without regard to case, resources with it.
    list(statement.Action).some((each) => glob(each.toLowerCase(), action.toLowerCase())) &&
    list(statement.Resource).some((each) => glob(each, resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) => {
      const holds = OPERATORS[operator];
      if (!holds) throw new Error(`condition ${operator} is not known here`);
      return Object.entries(keys).every(([key, wanted]) => holds(context[key], list(wanted)));
    })
  );
}

/** Whether a key's value in the request, undefined where it has none, is as the statement wants it. */
const OPERATORS: Readonly<
  Record<string, (found: string | undefined, wanted: readonly string[]) => boolean>
> = {
  StringEquals: (found, wanted) => found !== undefined && wanted.includes(found),
  StringEqualsIfExists: (found, wanted) => found === undefined || wanted.includes(found),
  Null: (found, wanted) => wanted.includes(String(found === undefined)),
};

function list(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

function glob(pattern: string, text: string): boolean {
  const source = pattern
    .split(/([*?])/)
    .map((part) => {
      if (part === '*') return '.*';
      return part === '?' ? '.' : part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${source}$`, 's').test(text);
}
