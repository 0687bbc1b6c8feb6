import type { EngineEvent } from '@pulumi/pulumi/automation/events.js';

/** What `pulumi` talks to while it runs an operation. */
export interface EngineServer {
  readonly port: number;
  close(): void;
}

type UntypedHandleCall = import('@grpc/grpc-js').UntypedHandleCall;
type Done = (error: Error | null | undefined, response?: unknown) => void;

/** What its declarations hide. */
interface LanguageServerModule {
  readonly LanguageServer: {
    new (program: Program): { run(call: unknown, done: Done): Promise<void> };
    readonly prototype: Readonly<Record<'getRequiredPlugins' | 'getPluginInfo', UntypedHandleCall>>;
  };
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
    const { getRequiredPlugins, getPluginInfo } = LanguageServer.prototype;
    server.addService(language.LanguageRuntimeService, {
      getRequiredPlugins,
      getPluginInfo,
      run: ((call: unknown, done: Done) =>
        runProgram(LanguageServer, program, call, done)) as UntypedHandleCall,
    });
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, close: () => server.forceShutdown() };
}

/**
 * Runs the program as Pulumi's server does, but answers at once when it fails. That one first waits for all resources that
 * the program has begun to register, also for those that depend on what failed and therefore never end.
 */
function runProgram(
  LanguageServer: LanguageServerModule['LanguageServer'],
  program: Program,
  call: unknown,
  done: Done,
): void {
  let answered = false;
  const answer: Done = (error, response) => {
    if (answered) return;
    answered = true;
    done(error, response);
  };
  const failing = async () => {
    try {
      return await program();
    } catch (error) {
      answer(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  };
  void new LanguageServer(failing).run(call, answer);
}
