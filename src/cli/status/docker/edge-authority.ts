import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { extract } from 'tar-stream';
import { readCertificates } from '../../../certificate-file.ts';
import { EDGE_FILES } from '../../../derive/docker/edge-files.ts';
import type { ProxyPlan } from '../../../derive/plan.ts';
import type { Authority } from '../health.ts';

/** Name of the authority that the edge itself is. */
export const EDGE_AUTHORITY = "the edge's own authority";

/**
 * Who signs the edge's certificate in addition to the public authorities: the edge itself, whose root is read
 * from its volume, and what the stack file trusts an ACME server by. None without TLS.
 */
export async function edgeAuthorities(
  engine: Docker,
  proxy: ProxyPlan | undefined,
  container: string,
): Promise<Authority[]> {
  if (!proxy || proxy.certificates === 'none') return [];
  const root = await readRoot(engine.getContainer(container));
  const ca = proxy.files[EDGE_FILES.acmeCa];
  return [
    ...(root === undefined ? [] : [{ name: EDGE_AUTHORITY, certificates: root }]),
    ...(ca === undefined
      ? []
      : [{ name: 'the authority in edge.acme.ca', certificates: readCertificates(ca) }]),
  ];
}

/** How the edge's root gets to where it can be trusted. @param file where to put it */
export function copyRootCommand(container: string, file: string): string {
  return `docker cp ${container}:${EDGE_FILES.localRoot} ${file}`;
}

/** undefined: there is no such container, or it has issued nothing yet. */
async function readRoot(container: Docker.Container): Promise<string | undefined> {
  const archive = await container
    .getArchive({ path: EDGE_FILES.localRoot })
    .catch((error: { readonly statusCode?: number }) => {
      if (error.statusCode === 404) return undefined;
      throw error;
    });
  if (!archive) return undefined;
  let found: string | undefined;
  const reader = extract();
  reader.on('entry', (_header, content, next) => {
    text(content).then((read) => {
      found = read;
      next();
    }, next);
  });
  await new Promise((resolve, reject) => {
    archive.once('error', reject);
    archive.pipe(reader).once('finish', resolve).once('error', reject);
  });
  return found;
}
