import type { BackendSection, StackFile, UploadsSection } from '../stack/stack-file.ts';
import { BACKEND_TMPFS, LIMITS } from './docker/sizes.ts';
import type { EnvironmentEntry } from './environment.ts';
import { HOSTS, objectNames } from './names.ts';

export interface BackendPlan {
  readonly image: BackendSection['image'];
  readonly command: readonly string[];
  readonly shell: boolean;
  readonly replicas: number;
  /** The name that all replicas share inside the private network. */
  readonly alias: string;
  readonly port: number;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly pidsLimit: number;
  readonly stopGraceSeconds: number;
  readonly health: { readonly path: string; readonly startSeconds: number };
  /** Every variable that the backend receives, sorted by name. */
  readonly environment: readonly EnvironmentEntry[];
  /** Files that the container gets in addition to its secrets: path in it -> absolute path on this machine. */
  readonly files: Readonly<Record<string, string>>;
  /** Path of tmpfs mounts -> size in bytes. */
  readonly tmpfs: Readonly<Record<string, number>>;
}

export function planBackend(
  { backend }: StackFile,
  environment: readonly EnvironmentEntry[],
  files: Readonly<Record<string, string>>,
): BackendPlan {
  return {
    image: backend.image,
    command: backend.command,
    shell: backend.shell,
    replicas: backend.replicas,
    alias: HOSTS.backend,
    port: backend.port,
    cpuMillis: backend.cpu,
    memoryBytes: backend.memory,
    pidsLimit: LIMITS.backend.pids,
    stopGraceSeconds: backend.stopGrace,
    health: { path: backend.health.path, startSeconds: backend.health.start },
    environment,
    files,
    tmpfs: BACKEND_TMPFS,
  };
}

/** A volume that all replicas and jobs of the backend share. */
export interface UploadsPlan {
  readonly volume: { readonly name: string; readonly keep: boolean };
  /** Folder in the container: absolute, or from the image's working folder. */
  readonly path: string;
}

export function planUploads({ path, onDestroy }: UploadsSection, prefix: string): UploadsPlan {
  const name = objectNames(prefix).uploadsVolume;
  return { volume: { name, keep: onDestroy === 'keep' }, path };
}
