import { mostReplicas } from '../../connections.ts';
import {
  KEEP_ALIVE_PATH,
  PREPARE_SCRIPT_PATH,
  RDS_CA_PATH,
  RETIRE_SQL_PATH,
} from '../../container/paths.ts';
import type { AwsSection, PostgresSection } from '../../stack/stack-file.ts';
import type { CommonPlan } from '../common.ts';
import { WRITABLE } from './containers.ts';
import { type AwsDatabasePlan, retireScript } from './database.ts';
import { rdsCertificates } from './rds-ca.ts';

export interface RegistryPlan {
  readonly name: string;
  /** Your own repository, as `host[:port]/path`, in place of one of the stack's in ECR. */
  readonly url?: string;
  /** How many images of each kind are kept. */
  readonly keep: { readonly release: number; readonly sql: number };
  readonly untaggedDays: number;
}

/** An image made from another one by adding files; pushed to the stack's repository. */
export interface DerivedImagePlan {
  readonly tagPrefix: string;
  /** Path in the image -> text. */
  readonly files: Readonly<Record<string, string>>;
  /** Path in the image -> absolute path on this machine. */
  readonly machineFiles: Readonly<Record<string, string>>;
  /** Where the bundled prepare script goes; undefined: not in this image. */
  readonly prepareScriptPath?: string;
  /** Where the bundled script for keep-alive connections goes; undefined: not in this image. */
  readonly keepAliveScriptPath?: string;
  /** Folders that any user may write (mode 1777), declared as volumes. */
  readonly writableFolders: readonly string[];
}

/** The images that tasks run. */
export interface AwsImagesPlan {
  readonly release: DerivedImagePlan;
  /** PostgreSQL's, for psql. */
  readonly sql?: DerivedImagePlan;
}

export function planRegistry(name: string, aws: AwsSection): RegistryPlan {
  return {
    name,
    ...(aws.backend.repository === undefined ? {} : { url: aws.backend.repository }),
    // A release that is rolled back to must still be there.
    keep: { release: 30, sql: 10 },
    untaggedDays: 7,
  };
}

/** The images that tasks run: the backend's and PostgreSQL's, with the files that the kit adds. */
export function planImages(
  plan: CommonPlan,
  aws: AwsSection,
  own: PostgresSection | undefined,
  database: AwsDatabasePlan | undefined,
): AwsImagesPlan {
  const authorities: Readonly<Record<string, string>> = database
    ? { [RDS_CA_PATH]: rdsCertificates(aws.region) }
    : {};
  const { sql } = plan.prepare;
  const replicas = mostReplicas(plan.backend.replicas, aws.backend.autoscaling);
  const release: DerivedImagePlan = {
    tagPrefix: 'release-',
    files: authorities,
    machineFiles: plan.backend.files,
    prepareScriptPath: PREPARE_SCRIPT_PATH,
    keepAliveScriptPath: KEEP_ALIVE_PATH,
    writableFolders: Object.values(WRITABLE),
  };
  if (!sql) return { release };
  return {
    release,
    sql: {
      tagPrefix: 'sql-',
      files: {
        ...authorities,
        [sql.scriptPath]: sql.script,
        ...(own ? { [RETIRE_SQL_PATH]: retireScript(own, plan.secrets, replicas) } : {}),
      },
      machineFiles: sql.files,
      writableFolders: [],
    },
  };
}
