import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { goFilesOf, importsOf, prune, readText } from './go-files.ts';

export const providerModule = 'github.com/hashicorp/terraform-provider-aws';

/** What the plugin and its shim import of the provider, and what its build reads. */
const roots = ['internal', 'internal/provider/framework', 'internal/provider/sdkv2', 'names'];
const servicePackages = 'internal/service';
/** Texts of advice on errors, which `internal/embed.go` embeds: one for all services, and some services' own. */
const hints = 'smarterr.hcl';
/** Files that are always needed beside Go's. */
const resources = [
  'go.mod',
  'go.sum',
  'LICENSE',
  'version/VERSION',
  'names/data/names_data.hcl',
  `${servicePackages}/${hints}`,
];

const servicesFile = 'internal/provider/sdkv2/service_packages_gen.go';
const clientsFile = 'internal/conns/awsclient_gen.go';
const embedFile = 'internal/embed.go';
const awsSdk = 'github.com/aws/aws-sdk-go-v2';

/** What was kept of the provider. */
export interface Trimmed {
  /** Folders of Go packages. */
  readonly packages: readonly string[];
  /** Services whose resources are registered: those asked for, and those that these import. */
  readonly services: readonly string[];
}

/**
 * Copies of the AWS provider's sources what some services need. Whole, it compiles for hours: its list of services and
 * its table of clients import the AWS SDK of each of some 250 services. Both are generated files, one line or one method
 * a service, so that lines can be left out.
 */
export function trimProvider(source: string, target: string, services: readonly string[]): Trimmed {
  for (const name of services) {
    if (existsSync(path.join(source, servicePackages, name))) continue;
    throw new Error(`${providerModule} has no service package "${name}"`);
  }
  // A service that another one imports is compiled anyway, and its client is looked for among those registered.
  const asked = packagesOf(source, trimServices(readText(source, servicesFile), services));
  const kept = [...asked]
    .filter((name) => path.dirname(name) === servicePackages)
    .map((name) => path.basename(name))
    .sort();
  const ownHints = hintFiles(source, kept);
  const replaced = new Map([[servicesFile, trimServices(readText(source, servicesFile), kept)]]);
  // Go refuses a pattern that no file matches.
  if (ownHints.length === 0) {
    const embed = readText(source, embedFile);
    replaced.set(
      embedFile,
      prune(embed, /^\/\/go:embed service\/\*.*\n/gm, () => false),
    );
  }
  const packages = [...asked].sort();
  const texts = packages.flatMap((folder) =>
    goFilesOf(path.join(source, folder))
      .map((name) => `${folder}/${name}`)
      .filter((file) => file !== clientsFile)
      .map((file) => replaced.get(file) ?? readText(source, file)),
  );
  replaced.set(clientsFile, trimClients(readText(source, clientsFile), texts));
  replaced.set('go.mod', trimRequirements(readText(source, 'go.mod'), texts));

  const files = [
    ...packages.flatMap((folder) =>
      goFilesOf(path.join(source, folder)).map((name) => `${folder}/${name}`),
    ),
    ...resources,
    ...ownHints,
  ];
  for (const file of files) {
    const place = path.join(target, file);
    mkdirSync(path.dirname(place), { recursive: true });
    // Not copied: files of Go's module cache are read-only.
    writeFileSync(place, replaced.get(file) ?? readText(source, file));
  }
  return { packages, services: kept };
}

/** Adds our files to the copy, and puts the cap on waiting into the one place where the provider waits. */
export function addToProvider(target: string, additions: string): void {
  cpSync(additions, target, { recursive: true });
  const file = path.join(target, 'internal/retry/state.go');
  const call =
    'backoff.SDKv2HelperRetryCompatibleDelay(conf.Delay, conf.PollInterval, conf.MinTimeout)';
  const parts = readText(file).split(call);
  if (parts.length !== 2) {
    throw new Error(`${file}: expected one call of ${call}, found ${parts.length - 1}`);
  }
  writeFileSync(file, parts.join(call.replace(/conf\.\w+/g, 'capped($&)')));
}

/** The packages of the provider that are reached from the roots, with the given list of services. */
function packagesOf(source: string, listOfServices: string): Set<string> {
  const reached = new Set<string>();
  const open = [...roots];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    if (reached.has(folder)) continue;
    reached.add(folder);
    for (const name of goFilesOf(path.join(source, folder))) {
      const file = `${folder}/${name}`;
      const text = file === servicesFile ? listOfServices : readText(source, file);
      for (const imported of importsOf(text)) {
        if (imported.startsWith(`${providerModule}/`)) {
          open.push(imported.slice(providerModule.length + 1));
        }
      }
    }
  }
  return reached;
}

function trimServices(text: string, services: readonly string[]): string {
  const keep = (name = '') => services.includes(name);
  const prefix = `${providerModule}/${servicePackages}/`;
  const imports = prune(text, new RegExp(`^\\t"${prefix}(\\w+)"\\n`, 'gm'), keep);
  return prune(imports, /^\t\t(\w+)\.ServicePackage\(ctx\),\n/gm, keep);
}

function trimClients(text: string, users: readonly string[]): string {
  const used = new Set(users.flatMap((user) => user.match(/\b\w+Client\b/g) ?? []));
  const methods = prune(
    text,
    /^func \(c \*AWSClient\) (\w+)\(ctx context\.Context\)[\s\S]*?^}\n\n?/gm,
    (name = '') => used.has(name),
  );
  const end = methods.indexOf('\n)\n');
  const body = methods.slice(end);
  const imports = prune(
    methods.slice(0, end + 1),
    new RegExp(`^\\t(?:(\\w+) )?"${awsSdk}/service/([^"]+)"\\n`, 'gm'),
    (alias, name = '') => new RegExp(`\\b${alias || path.basename(name)}\\.`).test(body),
  );
  return `${imports.trimEnd()}${body}`;
}

/** Leaves out the modules of the AWS SDK that are not imported: each would be fetched to resolve versions. */
function trimRequirements(text: string, users: readonly string[]): string {
  const imported = new Set(users.flatMap(importsOf).filter((name) => name.startsWith(awsSdk)));
  return prune(
    text,
    new RegExp(`^\\t(${awsSdk}/(?:service|feature)/\\S+) v\\S+\\n`, 'gm'),
    (module = '') => [...imported].some((name) => name === module || name.startsWith(`${module}/`)),
  );
}

function hintFiles(source: string, services: readonly string[]): string[] {
  return services
    .map((name) => `${servicePackages}/${name}/${hints}`)
    .filter((file) => existsSync(path.join(source, file)));
}
