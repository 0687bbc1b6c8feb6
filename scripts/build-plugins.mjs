// Plugins of scripts/build.mjs: what the bundler has to know about single files.

import { readFileSync } from 'node:fs';

/** What libraries load but the kit never uses: native parts, and languages of zod's messages. */
export function optionalParts() {
  const empty = [/^cpu-features$/, /\.node$/, /^pg-native$/, /^pg-cloudflare$/];
  return {
    name: 'optional-parts',
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path, importer }) => {
        if (empty.some((pattern) => pattern.test(path))) return { path, external: true };
        if (/[\\/]zod[\\/]/.test(importer) && /locales\/index\.js$/.test(path)) {
          return { path, namespace: 'empty' };
        }
        return undefined;
      });
      build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export {};' }));
    },
  };
}

/** Their texts are the key under which the built plugin of aws is cached, so they may not change: see provider.ts. */
export function providerSources() {
  return {
    name: 'provider-sources',
    setup(build) {
      build.onLoad({ filter: /toolchain[\\/]aws[\\/]provider\.ts$/ }, ({ path }) => ({
        contents: `import { packageRoot } from '../package-root.ts';\n${replaced(path, ['import.meta.dirname', "path.join(packageRoot, 'toolchain/aws')"])}`,
        loader: 'ts',
      }));
    },
  };
}

/** Compiled code reads the bundles for the container, which the build writes: it contains no bundler. */
export function writtenBundles() {
  return {
    name: 'written-bundles',
    setup(build) {
      build.onLoad({ filter: /src[\\/]bundle-sources\.ts$/ }, () => ({
        contents: 'export const bundleFromSources = () => undefined;',
        loader: 'ts',
      }));
    },
  };
}

/**
 * Loads SSH on the first request over it, and leaves out BuildKit's sessions and progress, which the kit does not use
 * and which need files next to their code: together they are two thirds of dockerode and what it requires.
 */
export function engineClient() {
  const unused = (what) =>
    `function () { throw new Error(${JSON.stringify(`${what} is not part of medusa-infra`)}); }`;
  return {
    name: 'engine-client',
    setup(build) {
      build.onResolve({ filter: /engine-client\/ssh\.cjs$/ }, ({ path }) => ({
        path,
        external: true,
      }));
      build.onLoad({ filter: /docker-modem[\\/]lib[\\/]modem\.js$/ }, ({ path }) => ({
        contents: replaced(path, [
          "ssh = require('./ssh'),",
          "ssh = function (options) { return require('../engine-client/ssh.cjs')(options); },",
        ]),
      }));
      build.onLoad({ filter: /dockerode[\\/]lib[\\/]docker\.js$/ }, ({ path }) => ({
        contents: replaced(
          path,
          ["withSession = require('./session'),", `withSession = ${unused('a BuildKit session')},`],
          [
            "var buildkit = require('./buildkit');",
            `var buildkit = { followProgress: ${unused("BuildKit's progress")} };`,
          ],
        ),
      }));
    },
  };
}

/**
 * Pulumi's SDK loads TypeScript and npm's arborist to turn functions into code for a cloud, which the kit's program never
 * does: 3 MB less to load.
 */
export function closureParts() {
  const unused = /^@npmcli\/arborist$|[\\/]typescript-shim(\.js)?$/;
  return {
    name: 'closure-parts',
    setup(build) {
      build.onResolve({ filter: unused }, ({ path, importer }) =>
        /[\\/]@pulumi[\\/]pulumi[\\/]/.test(importer) ? { path, namespace: 'unused' } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({
        contents: `module.exports = new Proxy({ __esModule: true }, { get(known, key) {
          if (key in known) return known[key];
          throw new Error(${JSON.stringify(`${path} is not part of medusa-infra`)});
        } });`,
      }));
    },
  };
}

/**
 * Pulumi's SDK keeps a stack trace of each of its promises, hundreds in a run, for those who look for one that leaks: a
 * tenth of a second.
 */
export function promiseTraces() {
  return {
    name: 'promise-traces',
    setup(build) {
      build.onLoad({ filter: /pulumi[\\/]runtime[\\/]debuggable\.js$/ }, ({ path }) => ({
        contents: replaced(path, [
          'value: new Error().stack',
          'value: exports.debugPromiseLeaks ? new Error().stack : undefined',
        ]),
      }));
    },
  };
}

/** In the command and the CommonJS library: the clients of AWS's SDK are those of the program. */
export function awsSdk() {
  return {
    name: 'aws-sdk',
    setup(build) {
      build.onResolve({ filter: /^@aws-sdk\// }, ({ path, kind }) => {
        if (kind === 'dynamic-import') {
          return { path: `../${path.slice('@'.length)}.js`, external: true };
        }
        return { errors: [{ text: `${path} has to be loaded with import()` }] };
      });
    },
  };
}

/** A file's text with replacements. @throws Error where a text to replace is not there, as after an update */
function replaced(path, ...replacements) {
  return replacements.reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) {
        throw new Error(
          `${path} no longer contains ${JSON.stringify(from)}: see build-plugins.mjs`,
        );
      }
      return text.replaceAll(from, to);
    },
    readFileSync(path, 'utf8'),
  );
}
