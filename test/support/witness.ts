import { text } from 'node:stream/consumers';
import { LABELS } from '../../src/derive/labels.ts';
import { docker, logsOf } from './engine.ts';
import type { Haystack } from './leaks.ts';

/**
 * What the engine shows of a project, looked at again and again: a container that is gone in the end
 * could have shown a value while it was there.
 */
export class Witness {
  readonly #project: string;
  readonly #places = new Map<string, string>();
  #looks = 0;

  constructor(project: string) {
    this.#project = project;
  }

  /** Everything that was seen so far. */
  get places(): Haystack[] {
    return [...this.#places].map(([place, seen]) => ({ place, text: seen }));
  }

  /** Facts, logs and processes of all containers, volumes, networks, and the files of the edge. */
  async look(): Promise<void> {
    this.#looks += 1;
    const filters = { label: [`${LABELS.project}=${this.#project}`] };
    const containers = await docker.listContainers({ all: true, filters });
    await Promise.all(containers.map((container) => this.#container(container).catch(ifThere)));
    const { Volumes } = await docker.listVolumes({ filters });
    for (const { Name } of Volumes ?? []) {
      this.#note(`volume ${Name}`, await docker.getVolume(Name).inspect());
    }
    for (const { Name, Id } of await docker.listNetworks({ filters })) {
      this.#note(`network ${Name}`, await docker.getNetwork(Id).inspect());
    }
  }

  async #container({ Id, Names, State, Labels }: Awaited<ReturnType<typeof list>>[number]) {
    const container = docker.getContainer(Id);
    const name = Names[0]?.slice(1) ?? Id;
    this.#note(`inspect of ${name}`, await container.inspect());
    // A log only grows: the last look has all of it.
    this.#places.set(`logs of ${name}`, await logsOf(Id));
    if (State === 'running') this.#note(`processes of ${name}`, await container.top());
    if (Labels[LABELS.component] === 'edge') {
      const archive = await container.getArchive({ path: '/data' });
      this.#note(`files of ${name}`, await text(archive));
    }
  }

  #note(place: string, seen: unknown): void {
    const shown = typeof seen === 'string' ? seen : JSON.stringify(seen);
    this.#places.set(`${place}, look ${this.#looks}`, shown);
  }
}

const list = () => docker.listContainers();

/** Gone (404), going or not running any more (409): the look before saw it. */
function ifThere(error: { readonly statusCode?: number }): void {
  if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
}
