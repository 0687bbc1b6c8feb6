import { createHash } from 'node:crypto';
import { KIT_FOLDER } from '../../../src/container/paths.ts';
import type { DockerPlan } from '../../../src/derive/plan.ts';
import { splitEnvironment } from '../../../src/derive/split-environment.ts';
import type { ContainerFile } from '../../components/docker/container-args.ts';
import type { StackSecrets } from '../../secrets.ts';
import { machineFiles, secretFiles } from './container-files.ts';

/**
 * Variables that decide what is migrated and where: a change of one makes the job run again. Node reads
 * its own variables when it starts, so they have to be in the container's environment too.
 */
const DECISIVE = /^(DATABASE_|REDIS_URL$|NODE_|HOME$|MEDUSA_(MODULES|PLUGINS)$)/;

const PRELOAD_PATH = `${KIT_FOLDER}/environment.cjs`;
const OTHERS_PATH = `${KIT_FOLDER}/environment.json`;
/** Sets the other variables before the job's own script reads them. */
const PRELOAD = `Object.assign(process.env, JSON.parse(require('fs').readFileSync('${OTHERS_PATH}', 'utf8')));\n`;

export interface MigrateJob {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly files: readonly ContainerFile[];
  readonly lateFiles: readonly ContainerFile[];
  readonly runAgainWith: Readonly<Record<string, string>>;
}

/**
 * How the migrate job gets the backend's variables: all of them, as the backend's configuration may
 * need any, but so that a log level or a rotated JWT secret does not make the job run again.
 */
export function migrateJob(
  plan: DockerPlan,
  secrets: StackSecrets,
  prepareScript: string,
): MigrateJob {
  const decides = (name: string) => DECISIVE.test(name);
  const decisive = splitEnvironment({
    ...plan.backend,
    environment: plan.backend.environment.filter(({ name }) => decides(name)),
  });
  const others = splitEnvironment({
    ...plan.backend,
    environment: plan.backend.environment.filter(({ name }) => !decides(name)),
  });
  const [node = 'node', scriptPath = `${KIT_FOLDER}/prepare.cjs`, ...rest] =
    plan.prepare.migrate.command;
  return {
    command: [node, '--require', PRELOAD_PATH, scriptPath, ...rest],
    environment: {
      ...decisive.env,
      PREPARE_CONFIG: JSON.stringify(plan.prepare.migrate.config),
    },
    files: [
      ...secretFiles(secrets, decisive.secretFiles),
      ...machineFiles(plan.backend.files),
      { path: PRELOAD_PATH, content: PRELOAD },
    ],
    // By its digest: the text itself would be half a megabyte of encrypted state.
    runAgainWith: { script: createHash('sha256').update(prepareScript).digest('hex').slice(0, 16) },
    lateFiles: [
      { path: scriptPath, content: prepareScript },
      ...secretFiles(secrets, others.secretFiles),
      { path: OTHERS_PATH, content: JSON.stringify(others.env) },
    ],
  };
}
