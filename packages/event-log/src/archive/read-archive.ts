import type { StoredEvent } from '@rollcall/contracts';
import { compareCursors, startCursor, type Cursor } from '../cursor.js';
import { archivePath, EventArchiveError, listManifests, type ArchiveManifest } from './archive-manifest.js';
import { digestFile, readCompressedLines } from './read-lines.js';

export interface ReadArchiveOptions {
  /** `event-archive` of the storage folder. */
  readonly folder: string;
  /** The nil uuid for events of the installation itself. */
  readonly organizationId: string;
  /** Begin behind this key; null begins with the first event there ever was. */
  readonly after: Cursor | null;
  /**
   * End with this key: `readKeptFrom`, from where the database has the events. (A partition may be in the archive and in
   * the database for a while.)
   */
  readonly upTo: Cursor;
}

interface ArchivedRow extends Record<string, unknown>, Cursor {
  readonly organization_id: string;
  readonly occurred_at: string;
  readonly recorded_at: string;
}

/**
 * The archived events of an organization in commit order, as `readEvents` gave them when they were in the database. Each
 * file is compared with its checksum before the first of its events is told.
 *
 * @throws EventArchiveError when an archive is missing or damaged, or does not reach up to `upTo`.
 */
export async function* readArchivedEvents(options: ReadArchiveOptions): AsyncGenerator<StoredEvent> {
  const { folder, organizationId, upTo } = options;
  const after = options.after ?? startCursor;
  if (compareCursors(after, upTo) >= 0) return;
  let reached = after;
  for (const manifest of await selectManifests(folder, after, upTo)) {
    const share = manifest.organizations.find(({ organization_id: id }) => id === organizationId);
    if (share === undefined || compareCursors(share.last, after) <= 0) continue;
    await checkArchive(folder, manifest);
    for await (const line of readCompressedLines(archivePath(folder, manifest.name))) {
      // Before the costly part: most lines are of others.
      if (!line.includes(organizationId)) continue;
      const row = JSON.parse(line) as ArchivedRow;
      if (row.organization_id !== organizationId || compareCursors(row, after) <= 0) continue;
      if (compareCursors(row, upTo) > 0) break;
      reached = { epoch: row.epoch, xid: row.xid, position: row.position };
      yield toStoredEvent(row);
    }
  }
  if (compareCursors(reached, upTo) < 0) {
    throw new EventArchiveError(
      `the archive in ${folder} does not reach up to ${upTo.epoch}.${upTo.xid}.${upTo.position}`,
    );
  }
}

/** @throws EventArchiveError when the file is not what the manifest says. */
export async function checkArchive(folder: string, manifest: ArchiveManifest): Promise<void> {
  const path = archivePath(folder, manifest.name);
  const found = await digestFile(path);
  if (found === undefined) throw new EventArchiveError(`${path} is missing`);
  if (found !== manifest.sha256) throw new EventArchiveError(`${path} is not what was archived: its checksum differs`);
}

/** Those that may hold events of the span, without a gap between them. */
async function selectManifests(folder: string, after: Cursor, upTo: Cursor): Promise<ArchiveManifest[]> {
  const place = ({ epoch, xid }: { readonly epoch: number; readonly xid: string }): Cursor => ({
    ...{ epoch, xid, position: '0' },
  });
  const wanted = (await listManifests(folder)).filter(
    ({ from, to }) => compareCursors(place(to), after) > 0 && compareCursors(place(from), upTo) <= 0,
  );
  const [first] = wanted;
  if (first !== undefined && compareCursors(place(first.from), after) > 0 && place(first.from).epoch > 0) {
    throw new EventArchiveError(`the archive in ${folder} begins with ${first.name}: what was before it is missing`);
  }
  for (const [index, { to, name }] of wanted.entries()) {
    const next = wanted[index + 1];
    if (next !== undefined && compareCursors(place(to), place(next.from)) !== 0) {
      throw new EventArchiveError(`the archive in ${folder} has a gap between ${name} and ${next.name}`);
    }
  }
  return wanted;
}

function toStoredEvent(row: ArchivedRow): StoredEvent {
  const event = {
    epoch: row.epoch,
    xid: row.xid,
    position: row.position,
    id: row['id'],
    organizationId: row.organization_id,
    type: row['type'],
    version: row['version'],
    subject: row['subject'],
    actor: row['actor'],
    correlationId: row['correlation_id'],
    causationId: row['causation_id'],
    payload: row['payload'],
    occurredAt: new Date(row.occurred_at),
    recordedAt: new Date(row.recorded_at),
  };
  return event as StoredEvent;
}
