import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { imageUser, serverUser } from '../../../src/docker/container-user.ts';

const labels = { 'medusa-infra.project': 'shop', 'medusa-infra.stack': 'dev' };
const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1001::/home/node:/bin/sh\n';

/** An engine with one image; its replicas have these groups in addition. */
function engineWith(user: string, options: { passwd?: string; replicaGroups?: string[] } = {}) {
  const made: unknown[] = [];
  const archive = (text: string) => {
    const tar = pack();
    tar.entry({ name: 'passwd' }, text);
    tar.finalize();
    return tar;
  };
  const engine = {
    getImage: () => ({ inspect: async () => ({ Config: { User: user } }) }),
    listContainers: async () =>
      options.replicaGroups ? [{ Id: 'replica', ImageID: 'sha256:aaaa' }] : [],
    getContainer: () => ({
      inspect: async () => ({ HostConfig: { GroupAdd: options.replicaGroups } }),
    }),
    createContainer: async (spec: object) => {
      made.push(spec);
      return {
        getArchive: async () => {
          if (options.passwd === undefined) throw Object.assign(new Error(), { statusCode: 404 });
          return archive(options.passwd);
        },
        remove: async () => made.push('removed'),
      };
    },
  } as unknown as Docker;
  return { made, user: () => imageUser(engine, 'sha256:aaaa', labels) };
}

test.each([
  ['1000:1000', { user: '1000:65525', groups: ['1000'] }],
  ['node:staff', { user: 'node:65525', groups: ['staff'] }],
])('the group that an image names stays a further one: %s', async (written, expected) => {
  const { made, user } = engineWith(written);
  expect(await user()).toEqual(expected);
  expect(made).toEqual([]);
});

test.each(['', '0', 'root', '0:0'])('root keeps its group: "%s"', async (written) => {
  expect(await engineWith(written).user()).toBeUndefined();
});

test.each([
  ['node', PASSWD, '1001'],
  ['1000', PASSWD, '1001'],
  ['1234', PASSWD, '0'],
  ['1234', undefined, '0'],
])('without one it is that of the account in the image: %s', async (written, passwd, group) => {
  const { made, user } = engineWith(written, { ...(passwd === undefined ? {} : { passwd }) });
  expect(await user()).toEqual({ user: `${written}:65525`, groups: [group] });
  expect(made).toEqual([
    {
      Image: 'sha256:aaaa',
      Cmd: ['none'],
      Labels: { ...labels, 'medusa-infra.component': 'user' },
      HostConfig: { NetworkMode: 'none' },
    },
    'removed',
  ]);
});

test('a replica of the image shows it without a look into the image', async () => {
  const { made, user } = engineWith('node', { replicaGroups: ['1001'] });
  expect(await user()).toEqual({ user: 'node:65525', groups: ['1001'] });
  expect(made).toEqual([]);
});

test('a server keeps the group that its files belong to', () => {
  expect(serverUser('redis')).toEqual({ user: 'redis:65525', groups: ['redis'] });
});
