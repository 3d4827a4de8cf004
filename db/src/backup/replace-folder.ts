import { readdir, rename, rm, stat } from 'node:fs/promises';
import { errorCode } from '../error-code.js';
import { BackupError } from './backup-error.js';

/** A folder that a restore puts in the place of another: prepared beside it, then exchanged by two renames. */
export interface FolderReplacement {
  readonly target: string;
  /** Where the new one is prepared. */
  readonly staging: string;
  /** Where the present one goes. */
  readonly aside: string;
}

export function replacementOf(target: string, stamp: string): FolderReplacement {
  return { target, staging: `${target}.restoring-${stamp}`, aside: `${target}.before-${stamp}` };
}

/** Whether something stands in the place that a restore would put away. */
export async function isOccupied({ target }: FolderReplacement): Promise<boolean> {
  return (await readdir(target).catch(() => [])).length > 0;
}

/** Puts the prepared folder in place. @returns where the former one went, if there was one. @throws BackupError */
export async function putInPlace({ target, staging, aside }: FolderReplacement): Promise<string | undefined> {
  const occupied = (await stat(target).catch(() => undefined)) !== undefined;
  try {
    if (occupied) await rename(target, aside);
    await rename(staging, target);
  } catch (error) {
    throw new BackupError(
      `${target} cannot be replaced (${errorCode(error)}): is it a mount point, or another user's?`,
    );
  }
  return occupied ? aside : undefined;
}

/** Removes what was prepared for nothing. */
export async function discard({ staging }: FolderReplacement): Promise<void> {
  await rm(staging, { recursive: true, force: true });
}
