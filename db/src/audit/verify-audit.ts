import { readFile, rename, writeFile } from 'node:fs/promises';
import {
  furthestHeads,
  readHeadsOfDays,
  readKeptHeads,
  verifyTrails,
  writeKeptHeads,
  type KeptHeads,
  type TrailReport,
} from '@rollcall/audit-trail';
import { INSTALLATION_ID } from '@rollcall/contracts';
import type { Pool } from '@rollcall/postgres';

export interface VerifyAuditOptions {
  readonly headFile: string | undefined;
  /** Where the projector keeps the heads of each day; none when they are not to be compared with. */
  readonly headsFolder?: string;
  readonly writeHeadFile: string | undefined;
  readonly print: (line: string) => void;
  readonly now: Date;
}

/**
 * Checks every trail and says so in words. Answers the exit code: 0 when all is well, 1 when not.
 *
 * @param pool of a role that may read all organizations.
 * @throws Error when a file cannot be read or written.
 */
export async function verifyAudit(pool: Pool, options: VerifyAuditOptions): Promise<number> {
  const { headFile, headsFolder, writeHeadFile, print, now } = options;
  const given: KeptHeads = headFile === undefined ? new Map<string, never>() : await loadKeptHeads(headFile);
  const ofDays: KeptHeads = headsFolder === undefined ? new Map<string, never>() : await readHeadsOfDays(headsFolder);
  const kept = furthestHeads([given, ofDays]);
  const reports = await verifyTrails(pool, kept);
  for (const report of reports) print(describe(report));
  const bad = reports.filter(({ problem }) => problem !== null).length;
  if (bad > 0) {
    print(`${bad} of ${reports.length} trails do NOT verify.`);
    if (writeHeadFile !== undefined) print(`${writeHeadFile} was not written.`);
    return 1;
  }
  const against = [
    ...(headFile === undefined ? [] : [headFile]),
    ...(headsFolder === undefined || ofDays.size === 0 ? [] : [headsFolder]),
  ];
  const also = against.length === 0 ? '' : `, also against ${against.join(' and ')}`;
  print(`All ${reports.length} trails verify${also}.`);
  if (headFile === undefined)
    print('Lines cut off at the end together with the head show only against a head kept elsewhere: --head FILE.');
  if (writeHeadFile !== undefined) {
    await writeHeads(writeHeadFile, new Map(reports.map(({ organizationId, head }) => [organizationId, head])), now);
    print(`The heads are written to ${writeHeadFile}. Keep it where nobody of this installation can change it.`);
  }
  return 0;
}

async function loadKeptHeads(file: string): Promise<KeptHeads> {
  const text = await readFile(file, 'utf8');
  try {
    return readKeptHeads(text);
  } catch (error) {
    throw new Error(`${file} ${(error as Error).message}`, { cause: error });
  }
}

/** Under another name first: a file half written would be taken for a head. */
async function writeHeads(file: string, heads: KeptHeads, now: Date): Promise<void> {
  const draft = `${file}.part`;
  await writeFile(draft, writeKeptHeads(heads, now), { mode: 0o600 });
  await rename(draft, file);
}

function describe({ organizationId, slug, lines, erased, head, problem }: TrailReport): string {
  const whose = organizationId === INSTALLATION_ID ? 'the installation' : (slug ?? organizationId);
  const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
  if (problem !== null) return `✘ ${whose}: ${explain(problem)} (${count(lines, 'line')} before it verify)`;
  const without = erased === 0 ? '' : `, ${count(erased, 'line')} with erased words`;
  return `✔ ${whose}: ${count(lines, 'line')}${without}, head ${head.hash.toString('hex').slice(0, 16)}…`;
}

function explain({ kind, sequence }: NonNullable<TrailReport['problem']>): string {
  switch (kind) {
    case 'gap':
      return `line ${sequence} is missing`;
    case 'broken-link':
      return `line ${sequence} does not follow from the one before it`;
    case 'altered':
      return `line ${sequence} was altered`;
    case 'detail-altered':
      return `the words to line ${sequence} were altered`;
    case 'cut-off':
      return `the trail ends early: line ${sequence} and what came after it are missing`;
    case 'behind-head':
      return `line ${sequence} stands behind the end of the trail`;
    case 'not-the-kept-one':
      return `line ${sequence} is another than in the head that was kept`;
    case 'gone':
      return `the whole trail is gone; it had ${sequence} lines when its head was kept`;
  }
}
