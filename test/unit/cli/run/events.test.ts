import type { EngineEvent } from '@pulumi/pulumi/automation/events.js';
import { expect, test } from 'vitest';
import { EventReader, type Progress, plainMessage } from '../../../../src/cli/run/events.ts';
import { seconds, summarize } from '../../../../src/cli/run/progress.ts';

const urn = (name: string, type = 'docker:index/container:Container') =>
  `urn:pulumi:dev::shop::medusa-infra:docker:PostgresDatabase$${type}::${name}`;

function step(
  kind: 'resourcePreEvent' | 'resOutputsEvent' | 'resOpFailedEvent',
  op: string,
  name: string,
  more: { type?: string; custom?: boolean; diffs?: string[]; retainOnDelete?: boolean } = {},
): EngineEvent {
  const type = more.type ?? 'docker:index/container:Container';
  const state = { custom: more.custom ?? true, retainOnDelete: more.retainOnDelete };
  const metadata = { op, urn: urn(name, type), type, old: state, new: state, diffs: more.diffs };
  return { sequence: 1, timestamp: 1, [kind]: { metadata } } as unknown as EngineEvent;
}

function message(severity: string, text: string, of?: string): EngineEvent {
  return {
    sequence: 1,
    timestamp: 1,
    diagnosticEvent: { severity, message: text, color: 'never', ...(of ? { urn: of } : {}) },
  } as unknown as EngineEvent;
}

function read(...events: EngineEvent[]) {
  const progress: Progress[] = [];
  const reader = new EventReader((one) => progress.push(one));
  for (const event of events) reader.read(event);
  return { reader, progress };
}

test('debug messages hold secrets and are never shown', () => {
  const { progress, reader } = read(
    message('debug', 'RegisterResource RPC finished: result: s3cret'),
    message('unheard-of', 's3cret'),
  );
  expect(progress).toEqual([]);
  expect(reader.errors).toEqual([]);
});

test('a replacement is one change; the end of the old one is told, but not counted', () => {
  const { reader, progress } = read(
    step('resourcePreEvent', 'refresh', 'a'),
    step('resOutputsEvent', 'refresh', 'a'),
    step('resourcePreEvent', 'create-replacement', 'a', { diffs: ['uploads', 'envs'] }),
    step('resOutputsEvent', 'create-replacement', 'a', { diffs: ['uploads', 'envs'] }),
    step('resOutputsEvent', 'replace', 'a'),
    step('resOutputsEvent', 'delete-replaced', 'a'),
  );
  const a = { name: 'a', type: 'Container', change: 'replace', properties: ['envs', 'uploads'] };
  expect(reader.changed()).toEqual([a]);
  expect(progress.map((one) => one.kind === 'message' || [one.kind, one.change.change])).toEqual([
    ['started', 'replace'],
    ['finished', 'replace'],
    ['finished', 'retire'],
  ]);
});

test('components, providers and the stack itself are no changes', () => {
  const { reader } = read(
    step('resOutputsEvent', 'create', 'db', { custom: false }),
    step('resOutputsEvent', 'create', 'p', { type: 'pulumi:providers:docker' }),
    step('resOutputsEvent', 'create', 's', { type: 'pulumi:pulumi:Stack' }),
    step('resOutputsEvent', 'create', 'a'),
  );
  expect(reader.changed().map(({ name }) => name)).toEqual(['a']);
});

test('what is retained is left in place, not removed', () => {
  const { reader } = read(step('resOutputsEvent', 'delete', 'data', { retainOnDelete: true }));
  expect(reader.changed()[0]?.change).toBe('keep');
});

test("the program's error is plain and told once", () => {
  const text = 'database.version: the image source "debian" offers 15, got "17"; set one of these';
  const { reader } = read(
    message(
      'error',
      `<{%reset%}>${text}<{%reset%}>\n`,
      'urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev',
    ),
    message('error', `error: ${text}`),
    message('error', 'update failed'),
  );
  expect(reader.errors).toEqual([text]);
});

test("a provider's error is told once, with the resource's name and without the frames", () => {
  const cause = 'error inspecting container state: No such container: 34';
  const { reader } = read(
    message(
      'error',
      `sdk-v2/provider2.go:572: sdk.helper_schema: ${cause}: provider=docker@5.2.0\n`,
      urn('b'),
    ),
    message(
      'error',
      `1 error occurred:\n\t* creating ${urn('b')}: 1 error occurred:\n\t* ${cause}\n\n`,
      urn('b'),
    ),
  );
  expect(reader.errors).toEqual([`b: ${cause}`]);
});

// As the provider writes it, spaces in front included.
test('an image that cannot be pulled is told once, with what to mend', () => {
  const image = 'ghcr.example.invalid/acme/shop:1';
  const cause = 'Get "https://ghcr.example.invalid/v2/": no such host';
  const text = `Unable to read Docker image into resource: unable to pull image ${image}: error pulling image ${image}: Error response from daemon: ${cause}`;
  const { reader } = read(
    message(
      'error',
      `  sdk-v2/provider2.go:572: sdk.helper_schema: ${text}: provider=docker@5.2.0\n`,
      urn('backend-image-pull'),
    ),
    message('error', `1 error occurred:\n\t* ${text}\n\n\n`, urn('backend-image-pull')),
  );
  expect(reader.errors).toEqual([
    `backend-image-pull: unable to pull image ${image}: ${cause}; fix backend.image, or log in to its registry (docker login)`,
  ]);
});

test('marks and escapes are taken off', () => {
  expect(plainMessage('<{%fg 1%}>error: \u001b[31mred\u001b[0m<{%reset%}>')).toBe('red');
});

test('summaries', () => {
  const of = (...changes: string[]) =>
    changes.map((change) => ({ name: 'x', type: 'T', change, properties: [] })) as Parameters<
      typeof summarize
    >[0];
  expect(summarize(of('create', 'create', 'replace', 'same'))).toBe(
    '2 created, 1 replaced, 1 unchanged',
  );
  expect(summarize(of('same', 'same'))).toBe('nothing changed, 2 unchanged');
  expect(summarize(of('update', 'same'), 'would')).toBe('1 to update, 1 unchanged');
  expect(summarize(of('delete', 'keep'))).toBe('1 removed, 1 left in place');
  expect([400, 9_900, 12_345, 125_000].map(seconds)).toEqual([
    '0.4 s',
    '9.9 s',
    '12 s',
    '2 min 5 s',
  ]);
});
