/** Watches a release. The target gets it as an argument, so that it can be tested without AWS. */
export interface ReleaseWatch {
  /** Waits until the release is running. Throws a UserError that says why it is not. */
  untilRunning(release: WatchedRelease): Promise<void>;
}

/** A release of a service, and where its containers log. */
export interface WatchedRelease {
  readonly clusterArn: string;
  readonly serviceName: string;
  /** Includes the revision. */
  readonly taskDefinitionArn: string;
  readonly logGroup: string;
  /** In the order of their start. */
  readonly containers: readonly { readonly name: string; readonly logPrefix: string }[];
  readonly timeoutSeconds: number;
  /** Shown as `***` wherever they occur in a log. */
  readonly secrets: readonly string[];
}
