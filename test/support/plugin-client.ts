import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

// The protocol's code and its libraries are the SDK's own.
const ours = createRequire(import.meta.url);
const sdk = createRequire(ours.resolve('@pulumi/pulumi/package.json'));
const grpc = sdk('@grpc/grpc-js');
const messages = ours('@pulumi/pulumi/proto/provider_pb.js');
const { ResourceProviderClient } = ours('@pulumi/pulumi/proto/provider_grpc_pb.js');
const { Struct } = sdk('google-protobuf/google/protobuf/struct_pb.js');

type Values = Readonly<Record<string, unknown>>;

/** What a plugin says to a change. */
export interface PluginDiff {
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** A resource plugin, spoken to as the engine does. */
export class PluginClient {
  readonly #process: ChildProcess;
  readonly #client: Record<string, (...args: unknown[]) => void>;

  private constructor(child: ChildProcess, client: never) {
    this.#process = child;
    this.#client = client;
  }

  static async start(file: string): Promise<PluginClient> {
    const child = spawn(file, ['127.0.0.1:9'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const lines = createInterface({ input: child.stdout });
    const [port] = (await once(lines, 'line')) as [string];
    const client = new ResourceProviderClient(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
    ) as never;
    const plugin = new PluginClient(child, client);
    const configure = new messages.ConfigureRequest();
    configure.setAcceptsecrets(true);
    configure.setAcceptresources(true);
    configure.setArgs(Struct.fromJavaScript({}));
    await plugin.#call('configure', configure);
    return plugin;
  }

  /** The inputs as the plugin completes them: defaults, and names that it makes up. */
  async check(urn: string, news: Values): Promise<Values> {
    const request = new messages.CheckRequest();
    request.setUrn(urn);
    request.setNews(Struct.fromJavaScript(news));
    request.setOlds(Struct.fromJavaScript({}));
    request.setRandomseed(new Uint8Array(32).fill(7));
    const answer = await this.#call('check', request);
    return answer.getInputs().toJavaScript();
  }

  async create(urn: string, inputs: Values): Promise<{ id: string; state: Values }> {
    const request = new messages.CreateRequest();
    request.setUrn(urn);
    request.setProperties(Struct.fromJavaScript(inputs));
    const answer = await this.#call('create', request);
    return { id: answer.getId(), state: answer.getProperties().toJavaScript() };
  }

  async diff(
    urn: string,
    old: { id: string; state: Values; inputs: Values },
    news: Values,
  ): Promise<PluginDiff> {
    const request = new messages.DiffRequest();
    request.setUrn(urn);
    request.setId(old.id);
    request.setOlds(Struct.fromJavaScript(old.state));
    request.setOldInputs(Struct.fromJavaScript(old.inputs));
    request.setNews(Struct.fromJavaScript(news));
    const answer = await this.#call('diff', request);
    return {
      replaces: answer.getReplacesList(),
      deleteBeforeReplace: answer.getDeletebeforereplace(),
    };
  }

  stop(): void {
    this.#process.kill('SIGKILL');
  }

  // biome-ignore lint/suspicious/noExplicitAny: the generated protocol code has no types for its answers here.
  #call(method: string, request: unknown): Promise<any> {
    return new Promise((resolve, reject) => {
      this.#client[method]?.(request, (error: Error | null, answer: unknown) =>
        error ? reject(error) : resolve(answer),
      );
    });
  }
}
