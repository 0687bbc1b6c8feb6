import type Docker from 'dockerode';
import { isTag, pinnedBackend } from '../../derive/images.ts';
import type { StackImages } from '../../derive/plan.ts';
import { readImageLock } from '../../images/lock-file.ts';
import { usedImages } from '../../images/offers.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import { age } from '../units-text.ts';
import { type ImageAge, imageAges } from './ages.ts';

/** Every image of a stack with its age; none while nothing is chosen. @param engine undefined: none answers */
export async function stackImageAges(
  stack: StackFile,
  stacksDir: string,
  name: string,
  engine: Docker | undefined,
): Promise<ImageAge[]> {
  const lock = await readImageLock(stacksDir, name);
  if (lock === undefined) return [];
  const used = usedImages(stack);
  const pin = pinnedBackend(stack.backend.image, lock);
  const shown: StackImages = {
    source: lock.source,
    images: Object.fromEntries(
      Object.entries(lock.images).filter(([image]) => used.some((one) => one === image)),
    ),
    ...(pin ? { backend: pin } : {}),
  };
  const ages = imageAges(
    shown,
    engine ? await creationDates(engine, shown) : new Map(),
    stack.images.maxAge,
    Date.now(),
  );
  const { image } = stack.backend;
  return isTag(image) && !pin ? [...ages, notPinned(image.reference)] : ages;
}

function notPinned(reference: string): ImageAge {
  return {
    name: 'backend',
    reference,
    ref: null,
    version: null,
    chosen: null,
    checked: null,
    created: null,
    ageDays: null,
    due: false,
  };
}

async function creationDates(
  engine: Docker,
  { images, backend }: StackImages,
): Promise<Map<string, string>> {
  const { inspectImage } = await import('../../docker/images.ts');
  const refs = [...Object.values(images), ...(backend ? [backend] : [])].map(({ ref }) => ref);
  const found = await Promise.all(
    refs.map(async (ref) => [ref, (await inspectImage(engine, ref))?.created] as const),
  );
  return new Map(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** What to do about images that are due; undefined: nothing. */
export function dueAdvice(ages: readonly ImageAge[], stackFlag: string): string | undefined {
  const due = ages.filter((one) => one.due).map(({ name }) => name);
  if (due.length === 0) return undefined;
  return `images older than images.maxAge: ${due.join(', ')}; run: medusa-infra images update${stackFlag}`;
}

/** `age: edge 12 d, postgres 3 h`; undefined: nothing is known of any. */
export function agesText(ages: readonly ImageAge[]): string | undefined {
  const known = ages.flatMap(({ name, created }) =>
    created === null ? [] : [`${name} ${age(Date.now() - Date.parse(created))}`],
  );
  return known.length === 0 ? undefined : `age: ${known.join(', ')}`;
}
