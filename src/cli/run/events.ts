import { stripVTControlCharacters } from 'node:util';
import type { EngineEvent, StepEventMetadata } from '@pulumi/pulumi/automation/events.js';

/** What happens, or would happen, to one resource. */
export type Change =
  | 'create'
  | 'update'
  | 'replace'
  | 'retire'
  | 'delete'
  | 'keep'
  | 'same'
  | 'read'
  | 'refresh';

/** One resource that an operation touched. */
export interface ResourceChange {
  readonly name: string;
  /** Short type, such as `Container`. */
  readonly type: string;
  readonly change: Change;
  /** Names of the properties that differ; never their values. */
  readonly properties: readonly string[];
}

export type Progress =
  | { readonly kind: 'started'; readonly urn: string; readonly change: ResourceChange }
  | { readonly kind: 'finished'; readonly urn: string; readonly change: ResourceChange }
  | { readonly kind: 'failed'; readonly urn: string; readonly change: ResourceChange }
  | { readonly kind: 'message'; readonly severity: Severity; readonly text: string };

export type Severity = 'error' | 'warning' | 'info';

/** Reads the engine's events; `listener` gets what a person wants to know of them. */
export class EventReader {
  readonly changes = new Map<string, ResourceChange>();
  readonly errors: string[] = [];
  /** Outputs of the stack; secret ones are masked. */
  outputs: Readonly<Record<string, unknown>> = {};
  readonly #seen = new Set<string>();
  readonly #listener: (progress: Progress) => void;

  constructor(listener: (progress: Progress) => void) {
    this.#listener = listener;
  }

  readonly read = (event: EngineEvent): void => {
    if (event.diagnosticEvent && !event.diagnosticEvent.ephemeral) {
      const { message, severity, urn } = event.diagnosticEvent;
      // The engine sends its debug messages too, with the values of secrets in them: shown is only what
      // is listed here.
      const shown = severities[severity];
      if (shown) this.#message(shown, message, urn);
    }
    if (event.resourcePreEvent) this.#step('started', event.resourcePreEvent.metadata);
    if (event.resOutputsEvent) {
      const { metadata } = event.resOutputsEvent;
      if (isStackUrn(metadata.urn)) this.outputs = metadata.new?.outputs ?? {};
      this.#step('finished', metadata);
    }
    if (event.resOpFailedEvent) this.#step('failed', event.resOpFailedEvent.metadata);
  };

  /** Resources that changed, in the order in which they did. */
  changed(): ResourceChange[] {
    return [...this.changes.values()].filter(({ change }) => !isQuiet(change));
  }

  #step(kind: 'started' | 'finished' | 'failed', metadata: StepEventMetadata): void {
    if (isFrame(metadata)) return;
    const change = changeOf(metadata);
    if (!change) return;
    // A refresh comes before the step proper; the old half of a replacement is shown, but not counted.
    const before = this.changes.get(metadata.urn);
    if (kind === 'finished' && change.change !== 'retire' && (!before || isQuiet(before.change))) {
      this.changes.set(metadata.urn, change);
    }
    if (!isQuiet(change.change) || kind === 'failed') {
      this.#listener({ kind, urn: metadata.urn, change });
    }
  }

  #message(severity: Severity, raw: string, urn: string | undefined): void {
    const plain = plainMessage(raw);
    if (plain === '' || isBoilerplate(plain)) return;
    const text =
      urn && severity === 'error' && !isStackUrn(urn) ? `${nameOf(urn)}: ${plain}` : plain;
    // Once is enough: the provider and the engine say the same.
    if (this.#seen.has(text)) return;
    this.#seen.add(text);
    if (severity === 'error') this.errors.push(text);
    this.#listener({ kind: 'message', severity, text });
  }
}

const severities: Readonly<Record<string, Severity | undefined>> = {
  error: 'error',
  warning: 'warning',
  info: 'info',
  'info#err': 'info',
};

/** A resource's logical name: the end of its URN. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf('::') + 2);
}

function isStackUrn(urn: string): boolean {
  return urn.includes('::pulumi:pulumi:Stack::');
}

function isQuiet(change: Change): boolean {
  return change === 'same' || change === 'read' || change === 'refresh';
}

/** Resources that only hold others together: the stack itself, components, providers. */
function isFrame({ type, new: next, old }: StepEventMetadata): boolean {
  const custom = (next ?? old)?.custom;
  return custom !== true || type === 'pulumi:pulumi:Stack' || type.startsWith('pulumi:providers:');
}

function changeOf(metadata: StepEventMetadata): ResourceChange | undefined {
  const change = changes[metadata.op];
  if (!change) return undefined;
  const retained = change === 'delete' && metadata.old?.retainOnDelete === true;
  return {
    name: nameOf(metadata.urn),
    type: metadata.type.slice(metadata.type.lastIndexOf(':') + 1),
    change: retained ? 'keep' : change,
    properties: [...(metadata.diffs ?? [])].sort(),
  };
}

/**
 * The engine's operations in a person's words. Steps that only keep books are left out, such as
 * `replace` itself: its two halves are separate steps.
 */
const changes: Readonly<Record<string, Change | undefined>> = {
  create: 'create',
  import: 'create',
  update: 'update',
  delete: 'delete',
  same: 'same',
  read: 'read',
  refresh: 'refresh',
  'create-replacement': 'replace',
  'import-replacement': 'replace',
  'delete-replaced': 'retire',
};

/** Only the backend's image is pulled by a separate resource. */
const PULL_FAILED =
  /^Unable to read Docker image into resource: (unable to pull image (\S+)): error pulling image \2: (?:Error response from daemon: )?([\s\S]*)$/;

/** Without the colour marks of the engine and the frames that it and the providers put around an error. */
export function plainMessage(raw: string): string {
  return stripVTControlCharacters(raw)
    .replaceAll(/<\{%[^%]*%\}>/g, '')
    .trimStart()
    .replace(/^error: /, '')
    .replace(/^Running program '[^']*' failed with an unhandled exception:\s*/, '')
    .replace(/^sdk-v2\/\S+ sdk\.helper_schema: ([\s\S]*): provider=\S+\s*$/, '$1')
    .replaceAll(/\d+ errors? occurred:\s*\* /g, '')
    .replace(/^(creating|updating|deleting) urn:\S+: /, '')
    .trim()
    .replace(PULL_FAILED, '$1: $3; fix backend.image, or log in to its registry (docker login)');
}

/** Sentences that only say again that something failed. */
function isBoilerplate(text: string): boolean {
  return /^(update|preview|destroy|refresh) (failed|canceled)$|^resource monitor shut down|^an unhandled error occurred: Program exited with non-zero exit code/.test(
    text,
  );
}
