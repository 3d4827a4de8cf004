import { link, mkdir, open, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientBase } from '@rollcall/postgres';
import type { ChainHead } from './audit-chain.js';
import { readKeptHeads, writeKeptHeads, type KeptHeads } from './kept-heads.js';
import { findHashes, readTrailHeads } from './read-trail.js';

/** In the folder of stored objects: outside the database, and carried along by whoever copies that folder. */
export const HEADS_FOLDER = 'audit-heads';
const DAY_FILE = /^\d{4}-\d{2}-\d{2}\.json$/;

export interface HeadsOfDay {
  /** False when the day has its file already. */
  readonly written: boolean;
  /** Chains that no longer hold what was kept of them: cut off, or written anew. Their kept heads are kept on. */
  readonly broken: readonly string[];
}

/**
 * Writes where each chain ends today into a file of the day (UTC), once a day and never over one that is there, and looks
 * whether each chain still holds what was kept before.
 *
 * @param client may read all organizations. @throws what file system or database throw; TypeError for a file that is none.
 */
export async function keepHeadsOfDay(
  client: Pick<ClientBase, 'query'>,
  folder: string,
  now: Date,
): Promise<HeadsOfDay> {
  const kept = await readHeadsOfDays(folder);
  const heads = new Map(await readTrailHeads(client));
  const hashes = await findHashes(client, kept);
  const broken: string[] = [];
  for (const [id, head] of kept) {
    if (head.sequence === 0 || isHeld(head, heads.get(id), hashes.get(id))) continue;
    broken.push(id);
    heads.set(id, head);
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const written = await writeOnce(folder, `${now.toISOString().slice(0, 10)}.json`, writeKeptHeads(heads, now));
  return { written, broken };
}

function isHeld(kept: ChainHead, present: ChainHead | undefined, hash: Buffer | undefined): boolean {
  return present !== undefined && present.sequence >= kept.sequence && hash?.equals(kept.hash) === true;
}

/**
 * The furthest head of each chain that was ever kept; none when nothing was kept yet.
 *
 * @throws TypeError naming the file that is none.
 */
export async function readHeadsOfDays(folder: string): Promise<KeptHeads> {
  const days: KeptHeads[] = [];
  for (const name of await dayFiles(folder)) days.push(await readDay(join(folder, name)));
  return furthestHeads(days);
}

/** The furthest head of each chain. Of two that say the same length the first stays: who wrote a chain anew did it later. */
export function furthestHeads(all: readonly KeptHeads[]): KeptHeads {
  const furthest = new Map<string, ChainHead>();
  for (const [id, head] of all.flatMap((heads) => [...heads])) {
    if (head.sequence > (furthest.get(id)?.sequence ?? -1)) furthest.set(id, head);
  }
  return furthest;
}

async function readDay(file: string): Promise<KeptHeads> {
  try {
    return readKeptHeads(await readFile(file, 'utf8'));
  } catch (error) {
    throw error instanceof TypeError ? new TypeError(`${file} ${error.message}`, { cause: error }) : error;
  }
}

async function dayFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => DAY_FILE.test(name)).toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** On the disk under another name first, and under its own only if nothing has it: a link never replaces a file. */
async function writeOnce(folder: string, name: string, text: string): Promise<boolean> {
  const draft = join(folder, `.${name}.${String(process.pid)}`);
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, join(folder, name));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}
