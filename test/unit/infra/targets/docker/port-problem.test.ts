import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { up } from '../../../../../infra/targets/docker/up.ts';
import { derivePlan } from '../../../../../src/derive/derive.ts';
import type { DockerPlan } from '../../../../../src/derive/plan.ts';
import { requireStackFile } from '../../../../../src/stack/load.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';
import { folderWith, projectFiles, run } from '../../../../support/unit/cli.ts';
import { options } from '../../../../support/unit/stack-files.ts';

/** A port that this process holds. */
async function takePort(): Promise<number> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** An engine that has nothing, on a socket. */
async function emptyEngine(): Promise<string> {
  const socket = path.join(temporaryFolder(), 'engine.sock');
  const server = createHttpServer(({ url = '' }, answer) => {
    answer.setHeader('content-type', 'application/json');
    answer.end(url.includes('/volumes') ? '{"Volumes":[]}' : '[]');
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return `unix://${socket}`;
}

test('a port in use reads the same from the command and from plain pulumi up', async () => {
  const port = await takePort();
  const folder = folderWith({
    ...projectFiles,
    'stacks/dev.yaml': `target: docker\nedge:\n  port: ${port}\nbackend:\n  image: ghcr.io/acme/shop:1.4.2\n`,
  });
  const file = path.join(folder, 'stacks', 'dev.yaml');
  const { code, err } = await run(['up', '-s', 'dev', '--yes'], {
    cwd: folder,
    env: { HOME: folder, PATH: '', DOCKER_HOST: 'unix:///nonexistent/docker.sock' },
  });
  vi.stubEnv('DOCKER_HOST', await emptyEngine());
  onTestFinished(() => void vi.unstubAllEnvs());
  const plan = derivePlan(requireStackFile(file).stack, options) as DockerPlan;
  const error = await up(plan, file).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'UserError', code: 'port-taken' });
  const message = (error as Error).message;
  expect(message).toMatch(/dev\.yaml:3:9 edge\.port: port \d+ on 127\.0\.0\.1 is taken by /);
  expect(code).toBe(1);
  expect(err).toContain(message);
});
