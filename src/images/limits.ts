/** Limits of time around images and registries, each with who waits. */

/** A run waits this long for a registry's first answer: long enough for a slow proxy. */
export const REGISTRY_ANSWER_MILLISECONDS = 20_000;

/** An `up` waits this long, while it looks for its images, to hear whether the tag of the backend's image has moved. */
export const MOVED_TAG_MILLISECONDS = 5_000;

/** A run waits this long for a credential helper of Docker, which may unlock a keychain. */
export const CREDENTIAL_HELPER_MILLISECONDS = 30_000;

/** A first run waits this long for mmdebstrap, which downloads a small Debian. */
export const BOOTSTRAP_MILLISECONDS = 15 * 60_000;
