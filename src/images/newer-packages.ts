import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { buildImage } from '../docker/images.ts';
import { stageApt } from './apt-settings.ts';

const MARK = 'medusa-infra-newer: ';

/**
 * The packages in an image from Debian packages for which apt offers a newer version now, as
 * `name 1.2-3 -> 1.2-4`. Asked in a build on top of the image, which has this host's proxies and
 * certificates, and is thrown away. The label of the recipe cannot show it: it has no date.
 */
export async function newerPackages(
  engine: Docker,
  cache: string,
  image: string,
): Promise<string[]> {
  const folder = join(cache, 'newer-packages');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const buildArgs = await stageApt(folder);
  const simulated = '-s -qq -o APT::Install-Recommends=false dist-upgrade';
  const dockerfile = `FROM ${image}
USER root
COPY apt/ /tmp/apt/
RUN export APT_CONFIG=/tmp/apt/apt.conf; apt-get update -qq && apt-get ${simulated} > /tmp/newer && sed 's/^/${MARK}/' /tmp/newer
`;
  await writeFile(join(folder, 'Dockerfile'), dockerfile);
  let output = '';
  const id = await buildImage(engine, folder, ['Dockerfile', 'apt'], {
    fresh: true,
    buildArgs,
    onOutput: (text) => {
      output += text;
    },
  });
  await engine.getImage(id).remove({ force: true });
  await rm(folder, { recursive: true, force: true });
  return output.split('\n').flatMap((line) => {
    // Such as `Inst libc6 [2.36-9] (2.36-10 Debian:12/oldstable [amd64])`.
    const [, name, from, to] =
      /^Inst (\S+) \[([^\]]*)\] \((\S+) /.exec(line.slice(MARK.length)) ?? [];
    return line.startsWith(MARK) && name ? [`${name} ${from} -> ${to}`] : [];
  });
}
