import { readFileSync } from 'node:fs';
import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../error-code.js';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** What `postmaster.pid` of a data directory says, whether or not that process lives. */
export async function readPostmasterFile(dataDir: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // Lines: pid, data directory, start time, port, socket directory, address, shared memory, state.
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/** The Postgres that runs on a data directory right now. */
export async function findRunningPostmaster(dataDir: string): Promise<Postmaster | undefined> {
  const found = await readPostmasterFile(dataDir);
  return found !== undefined && (await servesDataDirectory(found.pid, dataDir)) ? found : undefined;
}

/**
 * Removes a `postmaster.pid` whose process is gone. Postgres does so itself unless another process has got that number
 * since, which is the rule after a container's restart.
 */
export async function removeStalePostmasterFile(dataDir: string): Promise<void> {
  const found = await readPostmasterFile(dataDir);
  if (found === undefined || (await servesDataDirectory(found.pid, dataDir))) return;
  await rm(join(dataDir, 'postmaster.pid'), { force: true });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
  return !isZombie(pid);
}

/** In a container whose first process does not collect orphans, an ended process keeps its number for ever. */
function isZombie(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

/** A postmaster works in its data directory; where that cannot be seen (no /proc), being alive has to do. */
async function servesDataDirectory(pid: number, dataDir: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(dataDir));
  } catch {
    return process.platform !== 'linux' || isPostgres(pid);
  }
}

/** The link to the working directory of another user's process is closed, its name is not. */
async function isPostgres(pid: number): Promise<boolean> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
  return name.startsWith('postgres');
}
