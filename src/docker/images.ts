import { createReadStream } from 'node:fs';
import Docker from 'dockerode';
import { folderTar } from '../images/folder-tar.ts';
import { splitTag } from '../images/reference.ts';
import { ProblemError } from '../stack/problems.ts';

/** What the kit uses of an image's inspection. */
export interface ImageFacts {
  /** `sha256:…`: the image's own ID. */
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** `repository@sha256:…`, one for each registry that it was pulled from or pushed to. */
  readonly digests: readonly string[];
  /** Its names on the engine. */
  readonly tags: readonly string[];
  /** ISO date and time at which it was built. */
  readonly created: string;
  /** Such as `linux/amd64`. */
  readonly platform: string;
}

/** The engine that DOCKER_HOST names, otherwise that of the system's socket. */
export function connectEngine(): Docker {
  return new Docker();
}

/** @throws UserError if the engine does not answer */
export async function requireEngine(engine: Docker): Promise<void> {
  try {
    await engine.ping();
  } catch (error) {
    throw engineError(error);
  }
}

/** Where the engine runs, such as `linux/amd64`. */
export async function enginePlatform(engine: Docker): Promise<string> {
  const { Os, Arch } = await engine.version();
  return `${Os}/${Arch}`;
}

/** Facts about an image on the engine; undefined if it has none of that name. */
export async function inspectImage(engine: Docker, ref: string): Promise<ImageFacts | undefined> {
  try {
    const found = await engine.getImage(ref).inspect();
    return {
      id: found.Id,
      labels: found.Config?.Labels ?? {},
      env: Object.fromEntries((found.Config?.Env ?? []).map(splitPair)),
      digests: found.RepoDigests ?? [],
      tags: found.RepoTags ?? [],
      created: found.Created,
      platform: `${found.Os}/${found.Architecture}`,
    };
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) {
      return undefined;
    }
    throw engineError(error);
  }
}

/** Gives an image on the engine another name. */
export async function tagImage(engine: Docker, ref: string, name: string): Promise<void> {
  const [repo, tag] = splitTag(name);
  await engine.getImage(ref).tag({ repo, tag });
}

/** What a registry has under a reference. */
export interface RegistryImage {
  readonly digest: string;
  /** Such as `linux/amd64`. */
  readonly platforms: readonly string[];
  /** Whether the reference is a list of platforms, of which the engine takes its own alone. */
  readonly list: boolean;
}

/** Asks the registry through the engine, with its mirrors and certificates, and pulls nothing. */
export async function lookUpImage(
  engine: Docker,
  ref: string,
  options: { readonly authconfig?: object; readonly signal?: AbortSignal } = {},
): Promise<RegistryImage> {
  // Dockerode's own method accepts no signal, and an engine may wait for minutes.
  const answer = await new Promise<Distribution>((resolve, reject) => {
    const { authconfig, signal } = options;
    engine.modem.dial(
      {
        path: `/distribution/${ref}/json`,
        method: 'GET',
        statusCodes: { 200: true },
        ...(authconfig ? { authconfig } : {}),
        ...(signal ? { abortSignal: signal } : {}),
      },
      (error: unknown, data: unknown) => (error ? reject(error) : resolve(data as Distribution)),
    );
  });
  return {
    digest: answer.Descriptor.digest,
    platforms: (answer.Platforms ?? []).map(({ os, architecture }) => `${os}/${architecture}`),
    list: /manifest\.list|image\.index/.test(answer.Descriptor.mediaType),
  };
}

/** Source: `GET /distribution/{name}/json` of the engine's API. */
interface Distribution {
  readonly Descriptor: { readonly mediaType: string; readonly digest: string };
  readonly Platforms?: readonly { readonly os: string; readonly architecture: string }[] | null;
}

/** Pulls a reference; `onAnswer` is called as soon as a registry has answered for it. */
export async function pullImage(
  engine: Docker,
  ref: string,
  options: {
    readonly onAnswer?: () => void;
    readonly signal?: AbortSignal;
    /** Such as `linux/arm64`. @default the engine's own */
    readonly platform?: string;
    readonly authconfig?: object;
  } = {},
): Promise<void> {
  const { onAnswer, signal, platform, authconfig } = options;
  const stream = await engine.pull(ref, {
    ...(signal ? { abortSignal: signal } : {}),
    ...(platform ? { platform } : {}),
    ...(authconfig ? { authconfig } : {}),
  });
  await follow(engine, stream, () => onAnswer?.());
}

/** Options of the engine's builder. */
export interface BuildOptions {
  readonly tag?: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Whether to run every instruction again. @default false */
  readonly fresh?: boolean;
  /** Gets the output of the instructions, piece by piece. */
  readonly onOutput?: (text: string) => void;
  /** Name of the Dockerfile in the context. @default Dockerfile */
  readonly dockerfile?: string;
  /** Such as `linux/arm64`. @default the engine's own */
  readonly platform?: string;
  /** Registry -> login, for bases that the engine has to pull. */
  readonly registryLogins?: Readonly<
    Record<string, { readonly username: string; readonly password: string }>
  >;
}

/** Builds a folder with the engine's builder; its error has the last lines of the output. */
export async function buildImage(
  engine: Docker,
  folder: string,
  files: readonly string[],
  options: BuildOptions,
): Promise<string> {
  return buildTar(engine, folderTar(folder, files), options);
}

/** The same, from a context that is a tar stream. */
export async function buildTar(
  engine: Docker,
  context: NodeJS.ReadableStream,
  options: BuildOptions,
): Promise<string> {
  const { tag, dockerfile, platform, registryLogins, fresh, onOutput } = options;
  const stream = await engine.buildImage(context, {
    ...(tag ? { t: tag } : {}),
    ...(dockerfile ? { dockerfile } : {}),
    ...(platform ? { platform } : {}),
    ...(fresh ? { nocache: true } : {}),
    ...(registryLogins ? { registryconfig: { ...registryLogins } } : {}),
    buildargs: { ...options.buildArgs },
    labels: { ...options.labels },
    // The host's own network: its name servers, and proxies that listen on the host alone.
    networkmode: 'host',
    forcerm: true,
  });
  let id: string | undefined;
  await follow(engine, stream, (event) => {
    const aux = event.aux as { ID?: string } | undefined;
    id = aux?.ID ?? id;
    if (event.stream !== undefined) onOutput?.(event.stream);
  });
  if (id === undefined) throw new Error('the build reported no image');
  return id;
}

/** Pushes a tag. @returns its digest in the registry */
export async function pushImage(
  engine: Docker,
  name: string,
  authconfig?: object,
): Promise<string> {
  // The engine requires the header even if the registry requires no login.
  const stream = await engine.getImage(name).push({ authconfig: authconfig ?? {} });
  let digest: string | undefined;
  await follow(engine, stream, (event) => {
    digest = (event.aux as { Digest?: string } | undefined)?.Digest ?? digest;
  });
  if (digest === undefined) throw new Error(`the push of ${name} reported no digest`);
  return digest;
}

/** Creates an image of one layer from a tar file, as `docker import` does. */
export async function importImage(
  engine: Docker,
  file: string,
  name: string,
  changes: readonly string[],
): Promise<void> {
  const [repo, tag] = splitTag(name);
  const stream = await engine.importImage(createReadStream(file), { repo, tag, changes });
  await follow(engine, stream as NodeJS.ReadableStream);
}

/** Runs a command in a new container of an image. @returns its standard output */
export async function outputOf(
  engine: Docker,
  image: string,
  command: readonly string[],
): Promise<string> {
  const container = await engine.createContainer({
    Image: image,
    Entrypoint: [command[0] as string],
    Cmd: command.slice(1),
    Tty: true,
    NetworkDisabled: true,
  });
  try {
    const stream = await container.attach({ stream: true, stdout: true });
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    const closed = new Promise((resolve) => stream.once('end', resolve));
    await container.start();
    const { StatusCode } = await container.wait();
    await closed;
    const output = Buffer.concat(chunks).toString('utf8').replaceAll('\r\n', '\n');
    if (StatusCode !== 0) {
      throw new Error(
        `${command.join(' ')} in ${image} ended with exit code ${StatusCode}: ${output}`,
      );
    }
    return output;
  } finally {
    await container.remove({ force: true, v: true });
  }
}

interface ProgressEvent {
  readonly status?: string;
  readonly stream?: string;
  readonly error?: string;
  readonly aux?: unknown;
}

async function follow(
  engine: Docker,
  stream: NodeJS.ReadableStream,
  onEvent: (event: ProgressEvent) => void = () => {},
): Promise<void> {
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    let failure: string | undefined;
    engine.modem.followProgress(
      stream,
      (error) => {
        const reason = failure ?? error?.message;
        reason === undefined
          ? resolve()
          : reject(new Error([...lines.slice(-25), reason].join('\n')));
      },
      (event: ProgressEvent) => {
        if (event.error !== undefined) {
          failure = event.error;
          return;
        }
        if (event.stream?.trim()) {
          lines.push(event.stream.trimEnd());
        }
        onEvent(event);
      },
    );
  });
}

function engineError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'EACCES') {
    const where = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
    return new ProblemError({
      message: `no Docker engine answers at ${where} (${code}); start it, or set DOCKER_HOST to another`,
      code: 'engine-unreachable',
    });
  }
  return error;
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}
