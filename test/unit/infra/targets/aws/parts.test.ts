import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { shortName } from '../../../../../infra/components/aws/names.ts';
import { providerInputs } from '../../../../../infra/targets/aws/provider-config.ts';
import { recipeDigest } from '../../../../../infra/targets/aws/published-image.ts';
import { awsConfig, endpointOf } from '../../../../../src/aws/config.ts';
import { registryOf, storedLogin } from '../../../../../src/images/publish/registry-login.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

describe('names that AWS limits', () => {
  test('short ones stay as they are', () => {
    expect(shortName('shop-prod-execution', 64)).toBe('shop-prod-execution');
  });

  test('long ones that begin alike stay apart', () => {
    const [one, two] = [`${'a'.repeat(60)}-one`, `${'a'.repeat(60)}-two`].map((name) =>
      shortName(name, 32),
    );
    expect(one).toHaveLength(32);
    expect(one).not.toBe(two);
  });
});

describe('the provider’s configuration', () => {
  const config = awsConfig({
    'aws:profile': 'shop',
    'aws:secretKey': 'hidden',
    'aws:maxRetries': '5',
    'aws:skipCredentialsValidation': 'true',
    'aws:endpoints': '[{"ecs":"http://a"},{"ecs":"http://b","ec2":"http://c"}]',
    'shop:stripeApiKey': 'no business of AWS',
  });

  test('is that of its namespace, each value in its own type', () => {
    const { secretKey, ...rest } = providerInputs(config);
    expect(rest).toEqual({
      profile: 'shop',
      maxRetries: 5,
      skipCredentialsValidation: true,
      endpoints: [{ ecs: 'http://a' }, { ecs: 'http://b', ec2: 'http://c' }],
    });
    expect(secretKey).not.toBe('hidden');
  });

  test('says where a service answers; the last word counts', () => {
    expect(endpointOf(config, 'ecs')).toBe('http://b');
    expect(endpointOf(config, 'elasticache')).toBeUndefined();
    expect(endpointOf({}, 'ecs')).toBeUndefined();
  });
});

describe('an image’s tag', () => {
  const recipe = {
    base: { reference: 'ghcr.io/acme/shop:1.4.2' },
    files: { '/opt/a': 'a', '/opt/b': 'b' },
    writableFolders: ['/tmp', '/home/medusa'],
    platform: 'linux/amd64',
  } as const;

  test('is the same for the same content, however it is listed', () => {
    const listed = {
      ...recipe,
      files: { '/opt/b': 'b', '/opt/a': 'a' },
      writableFolders: ['/home/medusa', '/tmp'],
    };
    expect(recipeDigest(listed)).toBe(recipeDigest(recipe));
  });

  test('changes with the base, a file, a folder and the platform', () => {
    const others = [
      { ...recipe, base: { reference: 'ghcr.io/acme/shop:1.4.3' } },
      { ...recipe, files: { ...recipe.files, '/opt/a': 'other' } },
      { ...recipe, writableFolders: ['/tmp'] },
      { ...recipe, platform: 'linux/arm64' as const },
    ].map(recipeDigest);
    expect(new Set([recipeDigest(recipe), ...others]).size).toBe(5);
  });

  test('of a folder is its content’s, wherever it lies', () => {
    const folder = (context: string) =>
      recipeDigest({
        ...recipe,
        base: { context, dockerfile: 'Dockerfile', args: {}, digest: 'content' },
      });
    expect(folder('/home/one')).toBe(folder('/home/two'));
  });
});

describe('logins that the docker command keeps', () => {
  test('in its file', async () => {
    const folder = temporaryFolder();
    const auth = Buffer.from('user:pass:word').toString('base64');
    writeFileSync(
      path.join(folder, 'config.json'),
      JSON.stringify({ auths: { 'ghcr.io': { auth } } }),
    );
    const env = { DOCKER_CONFIG: folder };
    expect(await storedLogin('ghcr.io', env)).toEqual({ username: 'user', password: 'pass:word' });
    expect(await storedLogin('quay.io', env)).toBeUndefined();
  });

  test('with a helper', async () => {
    const folder = temporaryFolder();
    const helper = path.join(folder, 'bin', 'docker-credential-kept');
    mkdirSync(path.dirname(helper));
    writeFileSync(
      helper,
      '#!/bin/sh\nread -r registry\n[ "$registry" = ghcr.io ] || { echo "not found"; exit 1; }\necho \'{"Username":"user","Secret":"kept"}\'\n',
    );
    chmodSync(helper, 0o755);
    writeFileSync(path.join(folder, 'config.json'), JSON.stringify({ credsStore: 'kept' }));
    const env = { DOCKER_CONFIG: folder, PATH: `${path.dirname(helper)}:${process.env['PATH']}` };
    expect(await storedLogin('ghcr.io', env)).toEqual({ username: 'user', password: 'kept' });
    expect(await storedLogin('quay.io', env)).toBeUndefined();
  });

  test('nowhere', async () => {
    expect(await storedLogin('ghcr.io', { DOCKER_CONFIG: '/nonexistent' })).toBeUndefined();
  });

  test.each([
    ['shop', 'docker.io'],
    ['acme/shop:1', 'docker.io'],
    ['ghcr.io/acme/shop', 'ghcr.io'],
    ['localhost/shop', 'localhost'],
    ['127.0.0.1:5000/shop', '127.0.0.1:5000'],
  ])('registry of %s: %s', (reference, registry) => {
    expect(registryOf(reference)).toBe(registry);
  });
});
