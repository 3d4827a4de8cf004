import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClusterError } from '../cluster/cluster-error.js';

/** Stands in the state folder while a restored database has not begun its new epoch. */
const NOTE = 'restore-unfinished';

export async function noteUnfinished(stateDir: string): Promise<void> {
  await writeFile(join(stateDir, NOTE), '', { mode: 0o600, flush: true });
}

export async function noteFinished(stateDir: string): Promise<void> {
  await rm(join(stateDir, NOTE), { force: true });
}

/** Started as it is, the database would write events where readers that had come further look no more. @throws ClusterError */
export async function refuseUnfinished(stateDir: string): Promise<void> {
  if ((await stat(join(stateDir, NOTE)).catch(() => undefined)) === undefined) return;
  throw new ClusterError(`A restore into ${stateDir} was broken off: run it again, with --replace.`);
}
