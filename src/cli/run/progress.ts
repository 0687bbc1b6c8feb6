import { type Context, note, print } from '../context.ts';
import type { Progress, ResourceChange } from './events.ts';

/** Shows an operation while it runs. */
export interface ProgressView {
  show(progress: Progress): void;
  /** Ends the display; `ok` decides how it is marked. */
  end(ok: boolean): Promise<void>;
}

const heartbeatMs = 30_000;

/** A live line over the finished steps on a terminal; plain lines, and a sign of life, without one. */
export async function progressView(
  context: Context,
  title: string,
  preview = false,
): Promise<ProgressView> {
  const running = new Map<string, { change: ResourceChange; since: number }>();
  const colors = context.color.stderr;
  const sink = context.stderr.isTTY
    ? await liveSink(title, running)
    : plainSink(context, title, running);
  return {
    show(progress) {
      if (progress.kind === 'message') {
        const paint = { error: colors.red, warning: colors.yellow, info: colors.dim };
        const mark = progress.severity === 'warning' ? 'warning: ' : '';
        // An error is shown once, at the end, where it is not scrolled away.
        if (progress.severity !== 'error')
          sink.line(paint[progress.severity](mark + progress.text));
        return;
      }
      const { urn, change } = progress;
      if (progress.kind === 'started') {
        running.set(urn, { change, since: Date.now() });
        // A preview only ever starts steps; what it would do is listed at its end.
        if (!preview) sink.update();
        return;
      }
      const since = running.get(urn)?.since;
      running.delete(urn);
      if (preview) return;
      const took = since === undefined ? '' : colors.dim(` ${seconds(Date.now() - since)}`);
      const failed = progress.kind === 'failed';
      const text = failed
        ? `${change.name} (${change.type}) failed`
        : describeChange(change, 'did');
      sink.line((failed ? colors.red(`✗ ${text}`) : `${colors.green('✓')} ${text}`) + took);
      sink.update();
    },
    end: (ok) => sink.end(ok),
  };
}

/** Prints what would change, one line a resource, to stdout. */
export function printChanges(context: Context, changes: readonly ResourceChange[]): void {
  const { green, yellow, red, magenta, dim } = context.color.stdout;
  const mark = {
    create: green('+'),
    update: yellow('~'),
    replace: magenta('±'),
    delete: red('-'),
    keep: dim('='),
  } as Record<string, string>;
  for (const change of changes) {
    print(context, `${mark[change.change] ?? ' '} ${describeChange(change, 'would')}`);
  }
}

const words: Readonly<Record<string, readonly [would: string, did: string]>> = {
  create: ['create', 'created'],
  update: ['update', 'updated'],
  replace: ['replace', 'replaced'],
  retire: ['remove the old', 'removed the old'],
  delete: ['remove', 'removed'],
  keep: ['leave in place', 'left in place'],
};

function describeChange(change: ResourceChange, tense: 'would' | 'did'): string {
  const verb = words[change.change]?.[tense === 'would' ? 0 : 1] ?? change.change;
  const why =
    tense === 'would' && change.properties.length > 0 ? `: ${change.properties.join(', ')}` : '';
  return `${verb} ${change.name} (${change.type})${why}`;
}

/** `2 created, 1 replaced, 12 unchanged`; `nothing changed` when that is so. */
export function summarize(
  changes: Iterable<ResourceChange>,
  tense: 'would' | 'did' = 'did',
): string {
  const counts = new Map<string, number>();
  for (const { change } of changes) counts.set(change, (counts.get(change) ?? 0) + 1);
  const parts = Object.entries(words).flatMap(([change, [would, did]]) => {
    const n = counts.get(change);
    return n ? [tense === 'did' ? `${n} ${did}` : `${n} to ${would}`] : [];
  });
  const same = counts.get('same') ?? 0;
  if (parts.length === 0) parts.push(tense === 'did' ? 'nothing changed' : 'nothing would change');
  return [...parts, ...(same > 0 ? [`${same} unchanged`] : [])].join(', ');
}

/** `0.4 s`, `12 s`, `2 min 5 s`. */
export function seconds(milliseconds: number): string {
  if (milliseconds < 10_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const whole = Math.round(milliseconds / 1000);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

interface Sink {
  line(text: string): void;
  update(): void;
  end(ok: boolean): Promise<void>;
}

type Running = ReadonlyMap<string, { change: ResourceChange; since: number }>;

function plainSink(context: Context, title: string, running: Running): Sink {
  note(context, title);
  const heartbeat = setInterval(() => {
    for (const { change, since } of running.values()) {
      if (Date.now() - since < heartbeatMs / 2) continue;
      note(
        context,
        `  still working on ${change.name} (${change.type}), ${seconds(Date.now() - since)}`,
      );
    }
  }, heartbeatMs);
  heartbeat.unref();
  return {
    line: (text) => note(context, text.replaceAll(/^/gm, '  ')),
    update: () => {},
    end: async () => clearInterval(heartbeat),
  };
}

async function liveSink(title: string, running: Running): Promise<Sink> {
  const { Listr, ListrDefaultRendererLogLevels, ListrLogger, ProcessOutput } = await import(
    'listr2'
  );
  let finish: (ok: boolean) => void = () => {};
  const ended = new Promise<boolean>((resolve) => {
    finish = resolve;
  });
  let output: (text: string) => void = () => {};
  let retitle: (text: string) => void = () => {};
  const list = new Listr(
    [
      {
        title,
        task: async (_, task) => {
          output = (text) => {
            task.output = text;
          };
          retitle = (text) => {
            task.title = text;
          };
          if (!(await ended)) throw new Error();
        },
        rendererOptions: { outputBar: Number.POSITIVE_INFINITY, persistentOutput: true },
      },
    ],
    {
      renderer: 'default',
      registerSignalListeners: false,
      exitOnError: false,
      rendererOptions: {
        // Progress goes to stderr: stdout is for results.
        logger: new ListrLogger<
          (typeof ListrDefaultRendererLogLevels)[keyof typeof ListrDefaultRendererLogLevels]
        >({
          processOutput: new ProcessOutput(process.stderr, process.stderr),
          useIcons: true,
        }),
        showErrorMessage: false,
        collapseErrors: false,
      },
    },
  );
  const update = () => {
    const names = [...running.values()].map(
      ({ change, since }) => `${change.name} ${seconds(Date.now() - since)}`,
    );
    retitle(names.length > 0 ? `${title}: ${names.join(', ')}` : title);
  };
  const ticker = setInterval(update, 500);
  const run = list.run();
  return {
    line: (text) => output(text),
    update,
    end: async (ok) => {
      clearInterval(ticker);
      retitle(title);
      finish(ok);
      await run;
    },
  };
}
