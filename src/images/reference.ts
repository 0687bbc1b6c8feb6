/** Repository and tag of a reference without a digest; Docker's default is `latest`. */
export function splitTag(reference: string): [repository: string, tag: string] {
  const at = reference.lastIndexOf(':');
  return at > reference.lastIndexOf('/')
    ? [reference.slice(0, at), reference.slice(at + 1)]
    : [reference, 'latest'];
}

export function tagOf(reference: string): string {
  return splitTag(reference)[1];
}

/** As the engine writes it: Docker Hub's names without its host. */
export function repositoryOf(reference: string): string {
  const [name = ''] = reference.split('@');
  return splitTag(name)[0].replace(/^(index\.)?docker\.io\/(library\/)?/, '');
}

/** `ghcr.io/acme/shop@sha256:…` of an image that a registry has under a reference's repository. */
export function digestIn(
  { digests }: { readonly digests: readonly string[] },
  reference: string,
): string | undefined {
  const repository = repositoryOf(reference);
  return digests.find((digest) => repositoryOf(digest) === repository);
}

/** `sha256:…` of a reference by digest. */
export function digestOf(ref: string): string {
  return ref.slice(ref.indexOf('@') + 1);
}
