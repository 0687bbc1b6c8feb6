import * as pulumi from '@pulumi/pulumi';

/** One registered resource as the engine would get it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  /** Logical name of the parent; the stack's own for those without one. */
  readonly parent: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly dependsOn: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly retainOnDelete: boolean;
  readonly protect: boolean;
  /** What it takes over; empty: nothing. */
  readonly importId: string;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
}

interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getDeletebeforereplace(): boolean;
  getRetainondelete(): boolean;
  getProtect(): boolean;
  getImportid(): string;
  getIgnorechangesList(): string[];
  getReplaceonchangesList(): string[];
  getAdditionalsecretoutputsList(): string[];
}

/**
 * Runs a Pulumi program against mocks and gives every resource that it registered, by name. Parents
 * and options are read from the requests themselves, since Pulumi's mocks leave them out.
 */
export async function register(
  program: () => unknown,
  options: {
    readonly preview?: boolean;
    /** What functions of providers answer, by token. */
    readonly answers?: Readonly<Record<string, object | (() => object)>>;
    /** What providers add to the inputs of a resource; unknown in a preview. */
    readonly outputs?: (type: string, name: string) => object;
  } = {},
): Promise<Map<string, Registered>> {
  const inputs = new Map<string, Record<string, unknown>>();
  const requests: Request[] = [];
  await pulumi.runtime.setMocks(
    {
      call: ({ token }) => {
        const answer = options.answers?.[token] ?? {};
        return typeof answer === 'function' ? answer() : answer;
      },
      newResource: (args) => {
        inputs.set(`${args.type} ${args.name}`, args.inputs as Record<string, unknown>);
        return {
          id: `${args.name}-id`,
          state: {
            ...args.inputs,
            ...outputsOf(args.type, args.name),
            ...options.outputs?.(args.type, args.name),
          },
        };
      },
    },
    'shop',
    'dev',
    options.preview ?? false,
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource(request: Request, callback: unknown): Promise<void>;
  };
  const real = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    requests.push(request);
    return real(request, callback);
  };
  await pulumi.runtime.runInPulumiStack(async () => {
    await program();
    return {};
  });
  await pulumi.runtime.disconnect();
  return new Map(
    requests
      .filter((request) => request.getType() !== 'pulumi:pulumi:Stack')
      .map((request) => [request.getName(), describe(request, inputs)]),
  );
}

function describe(
  request: Request,
  inputs: ReadonlyMap<string, Record<string, unknown>>,
): Registered {
  return {
    type: request.getType(),
    name: request.getName(),
    parent: nameOf(request.getParent()),
    inputs: inputs.get(`${request.getType()} ${request.getName()}`) ?? {},
    dependsOn: request.getDependenciesList().map(nameOf).sort(),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    retainOnDelete: request.getRetainondelete(),
    protect: request.getProtect() ?? false,
    importId: request.getImportid(),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
  };
}

/** What a provider adds, as far as the program reads it. */
function outputsOf(type: string, name: string): object {
  if (type === 'random:index/randomPassword:RandomPassword') return { result: `value-of-${name}` };
  if (type === 'docker:index/remoteImage:RemoteImage') return { imageId: `sha256:${name}` };
  return {};
}

function nameOf(urn: string): string {
  return urn.split('::').at(-1) ?? '';
}
