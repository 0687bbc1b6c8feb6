/**
 * What counts as a log-in on each target, and how many an address may try: a person needs few, a program that guesses
 * passwords many. Attempts in the window, right and wrong ones.
 */
export const LOGIN_LIMIT = { requests: 100, windowSeconds: 300 } as const;

/**
 * Paths, in small letters, whose POST takes a password or sends a mail with a token for a new one: Medusa 1's, and those
 * of Medusa 2, where the refresh of a token has the same form. Express takes several slashes for one.
 * Without look-around, which AWS's firewall does not have, and with less than its 512 characters.
 */
export const LOGIN_PATH =
  '^/+((admin|store)/+auth(/+token)?|admin/+users/+(password-token|reset-password)|store/+customers/+password-(token|reset)|auth/+[^/]+/+[^/]+(/+(register|reset-password|update))?)/*$';
