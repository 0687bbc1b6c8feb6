import { expect, test } from 'vitest';
import { handshake } from '../../../toolchain/handshake.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { script } from '../../support/unit/folder.ts';

test('a plugin that prints its port is one', async () => {
  const file = script(`${temporaryFolder()}/plugin`, 'echo 40123; exec sleep 30');
  await expect(handshake(file)).resolves.toBeUndefined();
});

test('one that ends first is shown with what it said', async () => {
  const file = script(`${temporaryFolder()}/plugin`, 'echo "cannot load schema" >&2; exit 2');
  await expect(handshake(file)).rejects.toThrow(
    `${file} was expected to print the port it serves on, but ended (2):\n  cannot load schema`,
  );
});

test('a file that cannot run is named', async () => {
  await expect(handshake('/nowhere/plugin')).rejects.toThrow(
    /^\/nowhere\/plugin was expected to print the port it serves on, but spawn \/nowhere\/plugin ENOENT/,
  );
});
