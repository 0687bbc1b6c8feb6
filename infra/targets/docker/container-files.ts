import { readCertificates } from '../../../src/certificate-file.ts';
import { SECRETS_FOLDER } from '../../../src/container/environment.ts';
import type { Template } from '../../../src/derive/plan.ts';
import type { ContainerFile } from '../../components/docker/container-args.ts';
import type { StackSecrets } from '../../secrets.ts';

/** Files in the folder of secrets, sorted by name. */
export function secretFiles(
  secrets: StackSecrets,
  files: Readonly<Record<string, Template>>,
): ContainerFile[] {
  return Object.entries(files)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, template]) => ({
      path: `${SECRETS_FOLDER}/${name}`,
      content: secrets.fill(template),
    }));
}

/** Files of certificates with their content. @param files path in the container -> path on this machine */
export function machineFiles(
  files: Readonly<Record<string, string>>,
): { readonly path: string; readonly content: string }[] {
  return Object.entries(files).map(([path, source]) => ({
    path,
    content: readCertificates(source),
  }));
}
