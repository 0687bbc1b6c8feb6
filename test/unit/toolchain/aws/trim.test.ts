import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { goFilesOf, importsOf } from '../../../../toolchain/aws/go-files.ts';
import { addToProvider, providerModule, trimProvider } from '../../../../toolchain/aws/trim.ts';
import { goFolder } from '../../../../toolchain/go.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const wait =
  'backoff.SDKv2HelperRetryCompatibleDelay(conf.Delay, conf.PollInterval, conf.MinTimeout)';
const client = (name: string, alias: string) =>
  `func (c *AWSClient) ${name}Client(ctx context.Context) *${alias}.Client {\n\treturn errs.Must(client[*${alias}.Client](ctx, c))\n}\n\n`;

/** Three services in the shape of the provider: queues, which notes import, and shops, which nobody needs. */
function provider(): string {
  const services = ['notes', 'queues', 'shops'];
  const files: Record<string, string> = {
    LICENSE: 'MPL-2.0',
    'go.sum': '',
    'go.mod': `module ${providerModule}\n\nrequire (\n${[...services, 'alias']
      .map((name) => `\tgithub.com/aws/aws-sdk-go-v2/service/${name} v1.0.0\n`)
      .join('')}\tgolang.org/x/sys v0.1.0\n)\n`,
    'version/VERSION': '1.0.0',
    'version/version.go': 'package version\n',
    'names/names.go': 'package names\n',
    'names/data/names_data.hcl': '',
    'internal/embed.go':
      'package internal\n\n//go:embed service/smarterr.hcl\n//go:embed service/*/smarterr.hcl\nvar FS embed.FS\n',
    'internal/service/smarterr.hcl': 'for all',
    'internal/service/shops/smarterr.hcl': 'for shops',
    'internal/provider/framework/provider.go': `package framework\n\nimport "${providerModule}/internal/retry"\n`,
    'internal/retry/state.go': `package retry\n\nfunc wait() { ${wait} }\n`,
    'internal/provider/sdkv2/provider.go': `package sdkv2\n\nimport (\n\t_ "embed"\n\t"${providerModule}/internal/conns"\n\t"${providerModule}/version"\n)\n`,
    'internal/provider/sdkv2/service_packages_gen.go': `package sdkv2\n\nimport (\n\t"context"\n\n${services
      .map((name) => `\t"${providerModule}/internal/service/${name}"\n`)
      .join('')})\n\nvar all = []any{\n${services
      .map((name) => `\t\t${name}.ServicePackage(ctx),\n`)
      .join('')}}\n`,
    'internal/conns/awsclient.go': 'package conns\n',
    'internal/conns/awsclient_gen.go': `package conns\n\nimport (\n\t"context"\n\n\tnotes_sdk "github.com/aws/aws-sdk-go-v2/service/alias"\n\t"github.com/aws/aws-sdk-go-v2/service/queues"\n\t"github.com/aws/aws-sdk-go-v2/service/shops"\n)\n\n${client('Notes', 'notes_sdk')}${client('Queues', 'queues')}${client('Shops', 'shops')}`,
    'internal/service/notes/notes.go': `package notes\n\nimport (\n\t"github.com/aws/aws-sdk-go-v2/service/alias/types"\n\ttfqueues "${providerModule}/internal/service/queues"\n)\n\nfunc use() { c.NotesClient(ctx) }\n`,
    'internal/service/notes/notes_test.go': 'package notes\n',
    'internal/service/notes/sweep.go': 'package notes\n',
    'internal/service/notes/generate.go':
      '//go:build generate\n\npackage notes\n\nimport "example.invalid/generator"\n',
    'internal/service/queues/queues.go':
      'package queues\n\nimport "github.com/aws/aws-sdk-go-v2/service/queues"\n\nfunc use() { c.QueuesClient(ctx) }\n',
    'internal/service/shops/shops.go': 'package shops\n\nfunc use() { c.ShopsClient(ctx) }\n',
  };
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text, { mode: 0o444 });
  }
  return folder;
}

function trimmed(services: readonly string[]) {
  const target = temporaryFolder();
  const kept = trimProvider(provider(), target, services);
  return { kept, target, text: (name: string) => readFileSync(path.join(target, name), 'utf8') };
}

test('a service comes with those it imports, and all of them are registered', () => {
  const { kept, target, text } = trimmed(['notes']);
  expect(kept.services).toEqual(['notes', 'queues']);
  expect(readdirSync(path.join(target, 'internal/service')).sort()).toEqual([
    'notes',
    'queues',
    'smarterr.hcl',
  ]);
  expect(text('internal/provider/sdkv2/service_packages_gen.go')).toBe(
    `package sdkv2\n\nimport (\n\t"context"\n\n\t"${providerModule}/internal/service/notes"\n\t"${providerModule}/internal/service/queues"\n)\n\nvar all = []any{\n\t\tnotes.ServicePackage(ctx),\n\t\tqueues.ServicePackage(ctx),\n}\n`,
  );
});

test('only what is compiled is copied, as files that can be changed', () => {
  const { target, text } = trimmed(['notes']);
  expect(readdirSync(path.join(target, 'internal/service/notes'))).toEqual(['notes.go']);
  expect(existsSync(path.join(target, 'names/data/names_data.hcl'))).toBe(true);
  writeFileSync(path.join(target, 'LICENSE'), text('LICENSE'));
});

test('clients that nobody uses go with their import, others stay whatever their import is called', () => {
  const { text } = trimmed(['notes']);
  expect(text('internal/conns/awsclient_gen.go')).toBe(
    `package conns\n\nimport (\n\t"context"\n\n\tnotes_sdk "github.com/aws/aws-sdk-go-v2/service/alias"\n\t"github.com/aws/aws-sdk-go-v2/service/queues"\n)\n\n${client('Notes', 'notes_sdk')}${client('Queues', 'queues')}`,
  );
});

test('requirements of services of the AWS SDK that are not imported go, no others', () => {
  expect(trimmed(['notes']).text('go.mod')).toBe(
    `module ${providerModule}\n\nrequire (\n\tgithub.com/aws/aws-sdk-go-v2/service/queues v1.0.0\n\tgithub.com/aws/aws-sdk-go-v2/service/alias v1.0.0\n\tgolang.org/x/sys v0.1.0\n)\n`,
  );
});

test('a pattern that no file matches is taken away, since Go refuses it', () => {
  const pattern = '//go:embed service/*/smarterr.hcl\n';
  expect(trimmed(['notes']).text('internal/embed.go')).not.toContain(pattern);
  const withShops = trimmed(['shops']);
  expect(withShops.text('internal/embed.go')).toContain(pattern);
  expect(withShops.text('internal/service/shops/smarterr.hcl')).toBe('for shops');
});

test('a service that the provider does not have is named', () => {
  expect(() => trimmed(['notes', 'bakeries'])).toThrow(
    `${providerModule} has no service package "bakeries"`,
  );
});

test('our files are added, and the one place where the provider waits is capped', () => {
  const { target, text } = trimmed(['notes']);
  addToProvider(target, path.join(goFolder, 'plugin-aws', 'added'));
  expect(text('internal/retry/state.go')).toContain(
    'backoff.SDKv2HelperRetryCompatibleDelay(capped(conf.Delay), capped(conf.PollInterval), capped(conf.MinTimeout))',
  );
  expect(text('internal/retry/capped.go')).toContain('func capped(');
  expect(() => addToProvider(target, path.join(goFolder, 'plugin-aws', 'added'))).toThrow(
    /state\.go: expected one call of .*, found 0$/,
  );
});

test('imports are read in both forms, and no other text is taken for one', () => {
  expect(
    importsOf(
      'package a\n\nimport "one"\nimport (\n\t_ "two"\n\tname "three/four"\n)\n\nvar x = `\nimport y`\nvar z = "five"\n',
    ),
  ).toEqual(['one', 'two', 'three/four']);
});

test('the build tag counts only before the package', () => {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'a.go'), 'package a\n\n//go:build ignore\n');
  writeFileSync(path.join(folder, 'b.go'), '//go:build ignore\n\npackage a\n');
  expect(goFilesOf(folder)).toEqual(['a.go']);
});
