import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';

const GROUP_WRITES = 0o020;
const ALL_WRITE = 0o002;
const STICKY = 0o1000;

/**
 * Why somebody other than this user and root could put another file in the place of one in an existing folder: its own
 * rights, or those of a folder above it. Undefined where nobody can. The group of a user private group (same number as
 * the user), which many distributions combine with umask 002, counts as the user.
 */
export function whoElseWrites(folder: string): string | undefined {
  const real = realpathSync(folder);
  if (!isOwn(statSync(real).uid)) return `${real} belongs to user ${statSync(real).uid}`;
  return [real, ...parentsOf(real)].map(openTo).find((reason) => reason !== undefined);
}

function openTo(folder: string): string | undefined {
  const { uid, gid, mode } = statSync(folder);
  if (!isOwn(uid) && uid !== 0) return `${folder} belongs to user ${uid}`;
  if ((mode & STICKY) !== 0) return undefined;
  const privateGroup = uid !== 0 && gid === uid;
  if ((mode & ALL_WRITE) !== 0) return `everyone can write to ${folder}`;
  if ((mode & GROUP_WRITES) !== 0 && !privateGroup) return `group ${gid} can write to ${folder}`;
  return undefined;
}

function parentsOf(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [] : [parent, ...parentsOf(parent)];
}

/** There are no numbers of users on Windows, where folders of a profile are the user's. */
export function isOwn(uid: number): boolean {
  return process.geteuid === undefined || uid === process.geteuid();
}
