import { containersOf, docker, logsOf } from './engine.ts';
import { filesBelow, type Haystack } from './leaks.ts';
import type { TestProject } from './project.ts';

/**
 * Every place of a stack where a value must not show: Pulumi's state and configuration, what the
 * commands printed, and what the engine shows of containers that run or have ended.
 */
export async function visiblePlaces(project: TestProject, stack: string): Promise<Haystack[]> {
  const hidden = await project.pulumi(stack, ['stack', 'export', '--stack', stack]);
  if (hidden.code !== 0) throw new Error(`stack export exited ${hidden.code}: ${hidden.stderr}`);
  const places: Haystack[] = [
    { place: 'stack export', text: hidden.stdout },
    { place: 'what the commands printed', text: project.transcript.join('\n') },
    ...filesBelow(project.stateFolder),
    ...filesBelow(project.stacks),
  ];
  for (const { id, name, state } of await containersOf(project.name)) {
    const container = docker.getContainer(id);
    const facts = await container.inspect();
    places.push({ place: `inspect of ${name}`, text: JSON.stringify(facts) });
    places.push({ place: `logs of ${name}`, text: await logsOf(id) });
    const image = docker.getImage(facts.Image);
    const shown = JSON.stringify([await image.inspect(), await image.history()]);
    places.push({ place: `image of ${name}`, text: shown });
    if (state !== 'running') continue;
    places.push({ place: `processes of ${name}`, text: JSON.stringify(await container.top()) });
  }
  return places;
}
