import { join } from 'node:path';
import { repository } from './project.ts';

/** The store of the repository: its image is built once and cached by content for all tests. */
export const storeFolder = join(repository, 'backend');

/** A backend folder of the fixtures. */
export function fixtureBackend(name: string): string {
  return join(repository, 'test/fixtures/backends', name);
}
