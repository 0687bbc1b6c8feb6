import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { LABELS } from '../../src/derive/labels.ts';
import { freePort } from '../../test/support/ports.ts';
import { repository, type TestProject } from '../../test/support/project.ts';
import { STORE_ENV, type StoreImages } from './store.ts';
import { tools } from './tools.ts';

/** The same store, as somebody describes it by hand for another tool. */
export interface Peer {
  readonly title: string;
  /** Applies its description: the first time, and again without a change. */
  apply(): Promise<void>;
  /** Removes the store with its data. */
  remove(): Promise<void>;
}

/** What the descriptions in `by-hand` are given. */
interface Shop {
  readonly name: string;
  readonly port: number;
  readonly images: StoreImages;
  readonly labels: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** All peers in a folder each of the project, which removes what they made even where the bench is killed. */
export async function peersOf(project: TestProject, images: StoreImages): Promise<Peer[]> {
  const shop = async (peer: string): Promise<Shop> => {
    const port = await freePort();
    return {
      name: `${project.name}-${peer}`,
      port,
      images,
      labels: { [LABELS.project]: project.name, [LABELS.stack]: peer },
      env: { ...STORE_ENV, MEDUSA_BACKEND_URL: `http://localhost:${port}` },
    };
  };
  const binaries = await tools();
  return [
    openTofu(project, await shop('tofu'), binaries),
    compose(project, await shop('compose'), binaries['docker-compose']),
    await barePulumi(project, await shop('pulumi')),
  ];
}

type Binaries = Awaited<ReturnType<typeof tools>>;

function folderOf(project: TestProject, peer: string): string {
  const folder = join(project.folder, peer);
  cpSync(join(import.meta.dirname, 'by-hand', peer), folder, { recursive: true });
  return folder;
}

function openTofu(project: TestProject, shop: Shop, binaries: Binaries): Peer {
  const folder = folderOf(project, 'tofu');
  const mirror = join(folder, 'providers');
  for (const provider of ['kreuzwerker/docker', 'hashicorp/random']) {
    const name = provider.split('/')[1] as 'docker' | 'random';
    const place = join(mirror, 'registry.opentofu.org', provider, '1.0.0', 'linux_amd64');
    mkdirSync(place, { recursive: true });
    symlinkSync(
      binaries[`terraform-provider-${name}`],
      join(place, `terraform-provider-${name}_v1.0.0`),
    );
  }
  writeFileSync(
    join(folder, 'tofu.rc'),
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  writeFileSync(join(folder, 'terraform.tfvars.json'), JSON.stringify(shop));
  const tofu = (...args: string[]) =>
    execa(binaries.tofu, [...args, '-input=false', '-no-color'], {
      cwd: folder,
      env: { TF_CLI_CONFIG_FILE: join(folder, 'tofu.rc'), CHECKPOINT_DISABLE: '1' },
    });
  let ready = false;
  return {
    title: 'OpenTofu',
    async apply() {
      if (!ready) await tofu('init');
      ready = true;
      await tofu('apply', '-auto-approve');
    },
    async remove() {
      await tofu('destroy', '-auto-approve');
    },
  };
}

function compose(project: TestProject, shop: Shop, binary: string): Peer {
  const folder = folderOf(project, 'compose');
  const secret = () => randomBytes(32).toString('hex');
  const { images, labels, env, port, name } = shop;
  const lines = (values: Readonly<Record<string, string | number>>) =>
    Object.entries(values)
      .map(([variable, value]) => `${variable}=${value}\n`)
      .join('');
  writeFileSync(join(folder, 'store.env'), lines(env), { mode: 0o600 });
  const variables = {
    POSTGRES_IMAGE: images.postgres,
    REDIS_IMAGE: images.redis,
    CADDY_IMAGE: images.caddy,
    BACKEND_IMAGE: images.backend,
    LABEL_PROJECT: labels[LABELS.project] ?? '',
    LABEL_STACK: labels[LABELS.stack] ?? '',
    PORT: port,
    DATABASE_PASSWORD: secret(),
    REDIS_PASSWORD: secret(),
    JWT_SECRET: secret(),
    COOKIE_SECRET: secret(),
  };
  writeFileSync(join(folder, '.env'), lines(variables), { mode: 0o600 });
  const run = (...args: string[]) => execa(binary, ['-p', name, ...args], { cwd: folder });
  return {
    title: 'Docker Compose',
    async apply() {
      await run('up', '-d', '--wait');
    },
    async remove() {
      await run('down', '--volumes');
    },
  };
}

async function barePulumi(project: TestProject, shop: Shop): Promise<Peer> {
  const folder = folderOf(project, 'pulumi');
  writeFileSync(
    join(folder, 'Pulumi.yaml'),
    `name: ${shop.name}\nruntime: nodejs\nmain: index.js\n`,
  );
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "commonjs" }\n');
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  const printed = await project.run(['pulumi-env', '-s', 'dev'], { unrecorded: true });
  const pulumi = (...args: string[]) =>
    execa('bash', ['-c', `${printed.stdout}\nexec pulumi "$@"`, 'pulumi', ...args], {
      cwd: folder,
      env: project.env({ SHOP: JSON.stringify(shop) }),
      extendEnv: false,
      stdin: 'ignore',
    });
  const stack = ['--stack', 'bare', '--non-interactive'];
  let ready = false;
  return {
    title: 'Pulumi, by hand',
    async apply() {
      if (!ready) await pulumi('stack', 'init', ...stack);
      ready = true;
      await pulumi('up', '--yes', '--skip-preview', ...stack);
    },
    async remove() {
      await pulumi('destroy', '--yes', '--skip-preview', ...stack);
    },
  };
}
