import type { PlannedSecret } from './secrets.ts';

/** One version of a generated secret, as values and dates are kept by: `jwt v2`. */
export function secretVersionKey(name: string, version: number): string {
  return `${name} v${version}`;
}

/** Component under which the secrets of a stack stand in Pulumi's state. */
export const SECRETS_COMPONENT = 'secret';

/** Logical name of one version's password. It is state: another name would be another password. */
export function passwordResource(component: string, name: string, version: number): string {
  return `${component}-${name}-v${version}`;
}

const PASSWORD_RESOURCE = new RegExp(`^${SECRETS_COMPONENT}-(.+)-v(\\d+)$`);

/** The version that a password's logical name means, as `secretVersionKey` writes it. */
export function keyOfPassword(resource: string): string | undefined {
  const match = PASSWORD_RESOURCE.exec(resource);
  return match ? secretVersionKey(match[1] as string, Number(match[2])) : undefined;
}

/** Version of each generated secret, by name. */
export type SecretVersions = Readonly<Record<string, number>>;

/** The current version of each generated secret as one text, such as `cookie=2 jwt=1`. */
export function formatSecretVersions(secrets: readonly PlannedSecret[]): string {
  return secrets
    .flatMap((secret) =>
      secret.from === 'generated' ? [`${secret.name}=${secret.versions[0]}`] : [],
    )
    .sort()
    .join(' ');
}

/** Reads what `formatSecretVersions` wrote; what is not of its form is left out. */
export function parseSecretVersions(text: string | undefined): SecretVersions {
  const entries = (text ?? '').split(' ').flatMap((pair): [string, number][] => {
    const match = /^([^=]+)=(\d+)$/.exec(pair);
    return match ? [[match[1] as string, Number(match[2])]] : [];
  });
  return Object.fromEntries(entries);
}
