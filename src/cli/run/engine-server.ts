import type { EngineEvent } from '@pulumi/pulumi/automation/events.js';

/** What `pulumi` talks to while it runs an operation. */
export interface EngineServer {
  readonly port: number;
  close(): void;
}

/** What its declarations hide. */
interface LanguageServerModule {
  readonly LanguageServer: new (
    program: Program,
  ) => import('@grpc/grpc-js').UntypedServiceImplementation;
}

/** A program as Pulumi's SDK runs it; what it returns are the stack's outputs. */
export type Program = () => Promise<object>;

/**
 * One gRPC server of this process for the engine's events and, with a program, for the language runtime that it runs in:
 * `pulumi` then starts no language host and no second Node. It implements what the Automation API does with two servers
 * and a separate project (`LocalWorkspace`), which costs four more calls of `pulumi` an update.
 */
export async function serveEngine(
  onEvent: (event: EngineEvent) => void,
  program?: Program,
): Promise<EngineServer> {
  const [{ default: grpc }, { default: events }, { default: empty }] = await Promise.all([
    import('@grpc/grpc-js'),
    import('@pulumi/pulumi/proto/events_grpc_pb.js'),
    import('google-protobuf/google/protobuf/empty_pb.js'),
  ]);
  const server = new grpc.Server({
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });
  server.addService(events.EventsService, {
    streamEvents: (
      call: import('@grpc/grpc-js').ServerReadableStream<{ getEvent(): string }, unknown>,
      done: (error: Error | null, value: unknown) => void,
    ) => {
      call.on('data', (request) => onEvent(JSON.parse(request.getEvent()) as EngineEvent));
      call.on('end', () => done(null, new empty.Empty()));
      call.on('error', (error) => done(error, null));
    },
  });
  if (program) {
    const [{ default: language }, { default: automation }] = await Promise.all([
      import('@pulumi/pulumi/proto/language_grpc_pb.js'),
      import('@pulumi/pulumi/automation/server.js'),
    ]);
    const { LanguageServer } = automation as unknown as LanguageServerModule;
    server.addService(language.LanguageRuntimeService, new LanguageServer(program));
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, close: () => server.forceShutdown() };
}
