import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { HttpEdge } from '../../../../../infra/components/docker/http-edge.ts';
import { machineFiles } from '../../../../../infra/targets/docker/container-files.ts';
import { derivePlan } from '../../../../../src/derive/derive.ts';
import { parseConnections } from '../../../../../src/docker/connections.ts';
import { canMigrate } from '../../../../../src/docker/kernel.ts';
import type { DockerStack } from '../../../../../src/stack/stack-file.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';
import { FakeRuntime } from '../../../../support/unit/container-runtime.ts';
import { register } from '../../../../support/unit/recorder.ts';
import { dev, options } from '../../../../support/unit/stack-files.ts';

async function deploy(edge: Partial<DockerStack['edge']> = {}, preview = false) {
  const { proxy: plan } = derivePlan({ ...dev, edge: { ...dev.edge, ...edge } }, options);
  const runtime = new FakeRuntime();
  const resources = await register(
    () => {
      new HttpEdge('edge', {
        plan,
        labels: {},
        runtime,
        network: 'network-id',
        containerName: 'shop-dev-edge',
        image: 'sha256:edge',
        files: machineFiles(plan.files),
        sysctls: { 'net.ipv4.tcp_migrate_req': '1' },
      });
    },
    { preview },
  );
  return { plan, runtime, resources };
}

describe('a changed configuration of the edge', () => {
  test('is no input of its container: host, TLS of another host, limits of requests', async () => {
    const inputs = async (edge: Partial<DockerStack['edge']>) =>
      (await deploy(edge)).resources.get('edge-container')?.inputs;
    const plain = await inputs({});
    expect(plain).toMatchObject({ name: 'shop-dev-edge' });
    expect(await inputs({ host: 'other.localhost' })).toEqual(plain);
    expect(await inputs({ trustForwarded: true })).toEqual(plain);
  });

  test('shows in a preview, and is loaded after the container has settled', async () => {
    const { plan, runtime, resources } = await deploy();
    expect(resources.get('edge-config')).toMatchObject({
      type: 'pulumi:index:Stash',
      inputs: { input: { config: plan.config, files: [] } },
    });
    expect(runtime.settled.map(({ title }) => title)).toEqual(['shop-dev-edge']);
    expect(runtime.edgeConfigs).toEqual([
      { id: 'edge-container-id', config: plan.config, files: [], ports: [8080] },
    ]);
    expect((await deploy({}, true)).runtime.edgeConfigs).toEqual([]);
  });

  test('installs the certificates by which the ACME server is trusted', async () => {
    const ca = path.join(temporaryFolder(), 'ca.pem');
    writeFileSync(ca, 'the CA');
    const acme = { directory: 'https://ca.test/directory', ca };
    const { runtime } = await deploy({ host: 'shop.test', tls: 'auto', acme, httpPort: 8081 });
    expect(runtime.edgeConfigs).toMatchObject([
      { files: [{ path: '/data/acme-ca.pem', content: 'the CA' }], ports: [8443, 8080] },
    ]);
  });
});

test('certificates outlive destroy; without TLS there is nothing to keep', async () => {
  const volume = async (edge: Partial<DockerStack['edge']>) =>
    (await deploy(edge)).resources.get('edge-volume');
  expect(await volume({ tls: 'auto' })).toMatchObject({
    inputs: { name: 'medusa-infra-dev-edge-data' },
    retainOnDelete: true,
  });
  expect(await volume({ tls: 'off' })).toMatchObject({ retainOnDelete: false });
});

test('connections are read from the kernel’s tables by port and state', () => {
  const tables = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 65534        0 1 1
   1: 020014AC:1F90 010014AC:B4F2 01 00000000:00000000 00:00000000 00000000 65534        0 2 1
   2: 020014AC:1F90 010014AC:B4F4 06 00000000:00000000 03:00001000 00000000     0        0 0 3
   3: 020014AC:8C1A 030014AC:2328 01 00000000:00000000 00:00000000 00000000 65534        0 3 1
  sl  local_address                         remote_address                        st
   0: 0000000000000000FFFF0000020014AC:20FB 0000000000000000FFFF0000010014AC:B4F6 01 0 0
`;
  expect([...parseConnections(tables, [8080, 8443])]).toEqual([
    '010014AC:B4F2',
    '0000000000000000FFFF0000010014AC:B4F6',
  ]);
  expect([...parseConnections(tables, [9000])]).toEqual([]);
});

test('only kernels that know the setting are asked to move connections', () => {
  expect(
    ['6.18.44-fc', '5.15.0-91-generic', '5.14.0', '5.10.0-28-amd64', '4.4.0', ''].map(canMigrate),
  ).toEqual([true, true, true, false, false, false]);
});
