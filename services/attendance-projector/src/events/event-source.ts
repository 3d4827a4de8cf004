import type { StoredEvent } from '@rollcall/contracts';
import {
  compareCursors,
  readArchivedEvents,
  readEvents,
  readKeptFrom,
  startCursor,
  type Cursor,
  type EventPage,
  type ReadEventsOptions,
} from '@rollcall/event-log';
import type { Pool } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';

/** The whole log of organizations, wherever it is kept. */
export interface EventSource {
  /** As `readEvents`, and from the archive what the database does not have any more. @throws EventArchiveError */
  read(options: ReadEventsOptions): Promise<EventPage>;
}

/** Lines of the archive a page looks at, most of which may be of other types. */
const MOST_SCANNED = 5_000;

/** An archive being read: what was read of it behind `from`, up to `reached`, and the rest. */
interface OpenArchive {
  readonly organizationId: string;
  readonly upTo: Cursor;
  readonly rest: AsyncGenerator<StoredEvent>;
  from: Cursor;
  reached: Cursor;
  read: StoredEvent[];
}

/** Reads the database, and where that has dropped its partitions, the archive: one at a time, a page of it in memory. */
export function createEventSource(pool: Pool, archiveFolder: string | undefined): EventSource {
  if (archiveFolder === undefined) return { read: (options) => readEvents(pool, options) };
  const folder = archiveFolder;
  let open: OpenArchive | undefined;

  async function openArchive(organizationId: string, after: Cursor): Promise<OpenArchive> {
    await open?.rest.return(undefined);
    const upTo = await readKeptFrom(pool, organizationId);
    const rest = readArchivedEvents({ folder, organizationId, after, upTo });
    open = { organizationId, upTo, rest, from: after, reached: after, read: [] };
    return open;
  }

  async function readOn(archive: OpenArchive, after: Cursor, options: ReadEventsOptions): Promise<EventPage> {
    try {
      return await readPage(archive, after, options);
    } catch (error) {
      // A generator that has thrown says that it is at its end: what is left would be passed over.
      open = undefined;
      throw error;
    }
  }

  return {
    async read(options) {
      const { organizationId } = options;
      const after = options.after ?? startCursor;
      if (open !== undefined && covers(open, organizationId, after)) return readOn(open, after, options);
      try {
        return await readEvents(pool, options);
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'CURSOR_EXPIRED')) throw error;
      }
      return readOn(await openArchive(organizationId, after), after, options);
    },
  };
}

function covers(archive: OpenArchive, organizationId: string, after: Cursor): boolean {
  return (
    archive.organizationId === organizationId &&
    compareCursors(after, archive.from) >= 0 &&
    compareCursors(after, archive.reached) <= 0 &&
    compareCursors(after, archive.upTo) < 0
  );
}

async function readPage(archive: OpenArchive, after: Cursor, options: ReadEventsOptions): Promise<EventPage> {
  const types: ReadonlySet<string> | undefined = options.types && new Set(options.types);
  archive.from = after;
  archive.read = archive.read.filter((event) => compareCursors(event, after) > 0);
  for (let scanned = 0; scanned < MOST_SCANNED && archive.read.length < options.limit; scanned += 1) {
    const next = await archive.rest.next();
    if (next.done === true) {
      archive.reached = archive.upTo;
      break;
    }
    const { epoch, xid, position } = next.value;
    archive.reached = { epoch, xid, position };
    if (types?.has(next.value.type) !== false) archive.read.push(next.value);
  }
  return { events: [...archive.read], next: archive.reached, more: true };
}
