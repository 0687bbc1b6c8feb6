/**
 * What every command says where AWS is not told, or does not believe, who asks.
 * @param reason the words of AWS, of its SDK or of the provider
 */
export function unknownCaller(reason: string): string {
  const plain = reason.trim().replace(/^Error: /, '');
  return `AWS does not know who asks (${plain}); log in (aws sso login, or export AWS_PROFILE) and run again`;
}

/** Whether it is that which failed, by the names of AWS's and its SDK's errors. */
export function isUnknownCaller(error: unknown): boolean {
  return (
    error instanceof Error &&
    /Credentials|Token|Signature|Unauthorized|UnrecognizedClient|InvalidAccessKey|AuthFailure/i.test(
      error.name,
    )
  );
}
