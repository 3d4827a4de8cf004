import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStart } from '../process-start.mjs';

const POLL_MILLISECONDS = 300;

/**
 * Runs `work` while nobody else holds the lock; a second one waits for the first, whose results it then finds.
 * The lock of a process that is gone is taken over.
 * @template T
 * @param {string} lockFile
 * @param {(text: string) => void} say told once when there is something to wait for
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(lockFile, say, work) {
  await mkdir(dirname(lockFile), { recursive: true });
  let told = false;
  while (!(await tryLock(lockFile))) {
    if (!told) say(`another set-up runs in this clone (process ${await holder(lockFile)}): waiting for it`);
    told = true;
    await sleep(POLL_MILLISECONDS);
  }
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
}

async function tryLock(lockFile) {
  const own = `${process.pid} ${processStart(process.pid) ?? ''}`;
  try {
    await writeFile(lockFile, own, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const content = await readFile(lockFile, 'utf8').catch(() => '');
  const [pid, start] = content.split(' ');
  if (content !== '' && processStart(Number(pid)) === start) return false;
  // Its process is gone (or was killed between creating and writing the file).
  await sleep(POLL_MILLISECONDS);
  if ((await readFile(lockFile, 'utf8').catch(() => '')) === content) await rm(lockFile, { force: true });
  return false;
}

async function holder(lockFile) {
  return (await readFile(lockFile, 'utf8').catch(() => '?')).split(' ')[0];
}
