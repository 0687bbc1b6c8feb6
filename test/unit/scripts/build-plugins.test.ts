import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { expect, test } from 'vitest';
// @ts-expect-error It is plain JavaScript.
import { engineClient, optionalParts } from '../../../scripts/build-plugins.mjs';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const options: BuildOptions = {
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  logLevel: 'silent',
  plugins: [optionalParts(), engineClient()],
};

test("the engine's client is bundled without SSH, gRPC and protobuf", async () => {
  const { metafile, outputFiles } = await build({
    ...options,
    entryPoints: ['dockerode'],
    metafile: true,
    write: false,
  });
  const packages = Object.keys(metafile.inputs).map(
    (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1],
  );
  expect(packages).toContain('docker-modem');
  for (const heavy of ['ssh2', '@grpc/grpc-js', '@grpc/proto-loader', 'protobufjs']) {
    expect(packages).not.toContain(heavy);
  }
  expect(outputFiles[0]?.text).toContain('require("../engine-client/ssh.cjs")');
});

test('the build fails if the lines that it replaces are no longer there', async () => {
  const folder = join(temporaryFolder(), 'docker-modem/lib');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'modem.js');
  writeFileSync(file, "const ssh = await import('./ssh.js');\n");
  await expect(build({ ...options, entryPoints: [file] })).rejects.toThrow(
    /modem\.js no longer contains "ssh = require\('\.\/ssh'\),": see build-plugins\.mjs/,
  );
});
