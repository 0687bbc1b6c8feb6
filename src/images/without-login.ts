/** A proxy's address as a file of a build may have it, which stays in a layer: without user and password. */
export function withoutLogin(address: string): string {
  return address.replace(/^(\w+:\/\/)?[^/]*@/, '$1');
}
