/**
 * Message of every command if there are no credentials, or AWS rejects them.
 * @param reason message of AWS, its SDK or the provider
 */
export function unknownCaller(reason: string): string {
  const plain = reason.trim().replace(/^Error: /, '');
  return `AWS rejected the credentials, or there are none (${plain}); log in (aws sso login, or export AWS_PROFILE) and run again`;
}

/** Whether the credentials are the reason, by the names of errors of AWS and its SDK. */
export function isUnknownCaller(error: unknown): boolean {
  return (
    error instanceof Error &&
    /Credentials|Token|Signature|Unauthorized|UnrecognizedClient|InvalidAccessKey|AuthFailure/i.test(
      error.name,
    )
  );
}
