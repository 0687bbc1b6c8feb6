import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { getCurrentTest } from 'vitest/suite';

/** An empty folder that goes away with the test, or with its file where none runs; however they end. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'medusa-infra-unit-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  if (getCurrentTest()) onTestFinished(remove);
  else afterAll(remove);
  return folder;
}
