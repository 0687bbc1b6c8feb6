import type Docker from 'dockerode';
import { readCertificates } from '../../../certificate-file.ts';
import { EDGE_FILES } from '../../../derive/docker/edge-files.ts';
import type { ProxyPlan } from '../../../derive/plan.ts';
import { fileIn } from '../../../docker/image-files.ts';
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
  // undefined: there is no such container, or it has issued nothing yet.
  const root = await fileIn(engine.getContainer(container), EDGE_FILES.localRoot);
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
