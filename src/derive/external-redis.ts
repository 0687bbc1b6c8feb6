/** A Redis that somebody else runs. */
export interface ExternalRedisPlan {
  readonly kind: 'external-redis';
  /** Name of the secret that holds the URL. */
  readonly secret: string;
}
