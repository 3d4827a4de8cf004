import { readFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isAlive } from './postmaster.js';

interface Owner {
  readonly pid: number;
  /** Tells the process from a later one with the same number. */
  readonly startedAt: string;
}

/**
 * Says who ends the cluster: the process that started it, or, when that one died without doing so, the one that found
 * it running. Others are guests. True when this process now is the owner.
 */
export async function claimOwnership(file: string): Promise<boolean> {
  const owner = await readOwner(file);
  if (
    owner !== undefined &&
    owner.pid !== process.pid &&
    isAlive(owner.pid) &&
    owner.startedAt === startOf(owner.pid)
  ) {
    return false;
  }
  const self: Owner = { pid: process.pid, startedAt: startOf(process.pid) };
  const partial = `${file}.${process.pid}`;
  await writeFile(partial, JSON.stringify(self), { mode: 0o600 });
  await rename(partial, file);
  return true;
}

/** True when this process still is the owner, which it then ceases to be. */
export async function giveUpOwnership(file: string): Promise<boolean> {
  if ((await readOwner(file))?.pid !== process.pid) return false;
  await rm(file, { force: true });
  return true;
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

/** Start time in clock ticks since boot (field 22 of stat, counted after the command's closing bracket). */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
