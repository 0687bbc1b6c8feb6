import type { PlannedSecret } from './secrets.ts';

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
