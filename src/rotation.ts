/**
 * What the rotation of each secret means, in one table: `medusa-infra rotate` says it before it asks,
 * and docs/rotation.md is made from it. Plain data.
 */
export interface RotationMeaning {
  /** `*`: every generated secret without its own entry. */
  readonly secret: 'jwt' | 'cookie' | 'database' | 'redis' | '*';
  /** What changes hands. */
  readonly changes: string;
  /** What is valid in addition to the new value, and until when. */
  readonly overlap: string;
  /** What differs with target aws. */
  readonly onAws?: { readonly changes?: string; readonly overlap: string };
  /** What users see while no earlier version is kept, and while one is. */
  readonly usersSee: { readonly keepNone: string; readonly keepSome: string };
  /** What an operator has to do in addition to running the command. */
  readonly operator: string;
  /** How to go back. */
  readonly undo: string;
}

export const ROTATION_TABLE: readonly RotationMeaning[] = [
  {
    secret: 'jwt',
    changes:
      'the key that signs bearer tokens of the admin and store APIs, invites and the links by which a customer claims an order',
    overlap:
      'Tokens of a kept version are accepted, new ones are signed with the new value; by the runtime, since Medusa itself knows one key only.',
    usersSee: {
      keepNone:
        'Bearer tokens, invites and claims that were issued before are refused: whoever uses bearer tokens logs in again, open invites are sent again. Sessions by cookie stay.',
      keepSome:
        'Nothing: tokens that were issued before are accepted until they expire (bearer tokens of the admin API after 24 hours, of the store API after 30 days), as long as their version is kept.',
    },
    operator: 'nothing; with a hand-written medusa-config.js see docs/runtime.md, or set `keep: 0`',
    undo: 'rotate again; or, while the version before is kept, set `version` back and run `up`: what was signed meanwhile is refused',
  },
  {
    secret: 'cookie',
    changes: 'the key that signs session cookies',
    overlap: 'Cookies of a kept version are accepted, new ones are signed with the new value.',
    usersSee: {
      keepNone: 'Everybody who is logged in is logged out, once.',
      keepSome:
        'Nothing: who is logged in stays so until the session ends (10 hours), as long as the version of its cookie is kept.',
    },
    operator: 'nothing',
    undo: 'rotate again; or, while the version before is kept, set `version` back and run `up`: sessions that began meanwhile end',
  },
  {
    secret: 'database',
    changes: 'the password, and with it the login role: two roles alternate and act as one owner',
    overlap:
      'The old role logs in until the new release serves; with `keep: 1` until the next rotation.',
    onAws: {
      overlap:
        'The old role logs in until the new release serves; then a separate task takes it out of service. With `keep: 1` it stays until the next rotation.',
    },
    usersSee: {
      keepNone: 'Nothing.',
      keepSome: 'Nothing.',
    },
    operator:
      'whatever else logs in as the old role (a report, a backup) takes the new DATABASE_URL of `medusa-infra env --show-secrets`; with `keep: 1` there is time for it until the next rotation',
    undo: 'rotate again',
  },
  {
    secret: 'redis',
    changes: 'the password, and with it the user: each version has its own',
    overlap:
      'The old user logs in until the new release serves; with `keep` until its version goes. Redis is not restarted: sessions, cache and jobs stay.',
    onAws: {
      changes: 'the password (auth token) of the one user',
      overlap:
        'ElastiCache takes both passwords until the new release serves, then the new one alone; `keep` changes nothing. It is not restarted: sessions, cache and jobs stay.',
    },
    usersSee: {
      keepNone: 'Nothing.',
      keepSome: 'Nothing.',
    },
    operator:
      'whatever else logs in with the old password takes the new REDIS_URL of `medusa-infra env --show-secrets`',
    undo: 'rotate again',
  },
  {
    secret: '*',
    changes: 'the value of the variables that hold it',
    overlap:
      'None by itself: replicas of the old release have the old value until they have ended, those of the new one the new value.',
    usersSee: {
      keepNone: 'Nothing of the release itself; what the backend does with the value is its own.',
      keepSome: 'Nothing of the release itself; what the backend does with the value is its own.',
    },
    operator: 'whoever else needs the value gets it from `medusa-infra env --show-secrets`',
    undo: 'rotate again; or, while the version before is kept, set `version` back and run `up`',
  },
];

/** What the rotation of a generated secret means with a target. */
export function rotationOf(name: string, target: 'docker' | 'aws'): RotationMeaning {
  const meaning = entryOf(name);
  return target === 'aws' ? { ...meaning, ...meaning.onAws } : meaning;
}

function entryOf(name: string): RotationMeaning {
  const found =
    ROTATION_TABLE.find(({ secret }) => secret === name) ??
    ROTATION_TABLE.find(({ secret }) => secret === '*');
  if (!found) throw new Error('the table of rotations has no entry for other secrets');
  return found;
}
