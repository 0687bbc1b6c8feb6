import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runtimeScript } from '../../src/bundle.ts';
import { buildImage } from '../../src/docker/images.ts';
import { prepareBuildContext } from '../../src/images/build-context.ts';
import { ensureImages } from '../../src/images/ensure.ts';
import { docker } from './engine.ts';

const REPOSITORY = 'medusa-infra-test-backend';
const DAY = 86_400_000;

/** A `medusa-config.js` that knows nothing of this project, unchanged. */
export const HAND_WRITTEN = handWritten('medusa-config.js');

/** One that takes only the overlap of secrets from the runtime, as docs/runtime.md shows it. */
export const HAND_WRITTEN_OVERLAP = handWritten('medusa-config.overlap.js');

function handWritten(name: string): string {
  return readFileSync(new URL(`../fixtures/hand-written/${name}`, import.meta.url), 'utf8');
}

/** The image of `backend/`, built as a stack builds it; kept by content, so that it is built once. */
export async function backendImage(): Promise<string> {
  const log = () => undefined;
  const { images } = await ensureImages({ source: 'auto', wanted: {}, log });
  const { context, dockerfile, args, digest } = await prepareBuildContext(
    {
      build: fileURLToPath(new URL('../../backend', import.meta.url)),
      dockerfile: 'Dockerfile',
      args: {},
    },
    { nodeImage: images.node, runtimeBundle: runtimeScript() },
  );
  const tag = `${REPOSITORY}:${digest.replace(/^sha256:/, '').slice(0, 20)}`;
  if (await exists(tag)) return tag;
  await buildImage(docker, context, readdirSync(context), { tag, dockerfile, buildArgs: args });
  await removeOlder(tag);
  return tag;
}

/** What dockerode's types lack. */
interface Tagged {
  readonly Metadata: { readonly LastTagTime: string };
}

async function exists(tag: string): Promise<boolean> {
  return docker
    .getImage(tag)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

/** Of another checkout's tests, which may be running, the image is younger. */
async function removeOlder(current: string): Promise<void> {
  const images = await docker.listImages({ filters: { reference: [REPOSITORY] } });
  for (const tag of images.flatMap(({ RepoTags }) => RepoTags ?? [])) {
    if (tag === current) continue;
    const image = docker.getImage(tag);
    // Gone meanwhile, or in use.
    const tagged = await image.inspect().then(
      (facts) => Date.parse((facts as unknown as Tagged).Metadata.LastTagTime),
      () => undefined,
    );
    if (tagged !== undefined && Date.now() - tagged > DAY)
      await image.remove().catch(() => undefined);
  }
}
