import path from 'node:path';
import { UserError } from '../../src/errors.ts';
import { goDownload } from '../go.ts';
import type { Report } from '../part.ts';
import { pins } from '../pins.ts';
import { readText } from './go-files.ts';
import { addToProvider, providerModule, trimProvider } from './trim.ts';

/** Fetches the Terraform provider of AWS, and puts what the plugin needs of it beside the plugin's own sources. */
export async function addProviderSources(sources: string, report: Report): Promise<void> {
  const { provider, services } = pins.aws;
  const module = `${providerModule}@${provider.version}`;
  report(`fetching ${module}`);
  const { Dir: source, Sum: sum } = await goDownload(module, path.join(sources, 'go.mod'));
  if (sum !== provider.sum) {
    throw new UserError(`${module}: expected the hash ${provider.sum}, got ${sum}`);
  }
  const target = path.join(sources, 'upstream');
  const trimmed = trimProvider(source, target, services);
  addToProvider(target, path.join(sources, 'added'));
  report(`kept ${trimmed.packages.length} packages of ${trimmed.services.length} services`);
}

/** What decides, beside the pins, which sources are built. */
export function providerKey(): readonly string[] {
  return ['provider.ts', 'trim.ts', 'go-files.ts'].map((file) =>
    readText(import.meta.dirname, file),
  );
}
