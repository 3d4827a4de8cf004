import type { NewEvent } from '@rollcall/contracts';
import { withOrganization, type ClientBase, type Pool } from '@rollcall/postgres';
import { AppError, newId } from '@rollcall/service-kit';
import { dateProblems } from '../../../domain/check-calendar.js';
import { cursorParts, cutPage, decodeListCursor } from '../../reading/list-cursor.js';
import { bodyHash } from './body-hash.js';
import {
  changeCalendar,
  eventFields,
  refuse,
  replayedId,
  tellChange,
  type CalendarCall,
  type CalendarChange,
  type CalendarPorts,
} from './change-calendar.js';
import { requirePerson } from './require-person.js';

type Person = Awaited<ReturnType<typeof requirePerson>>;
type EventFields = ReturnType<typeof eventFields>;

/** What stands in a person's calendar for a span of dates until it is withdrawn. */
export interface PersonEntry {
  readonly user_id: string;
  readonly withdrawn_at: string | null;
}

/** A kind of entries: working by a shift, being on leave. */
export interface EntryKind<Entry extends PersonEntry> {
  /** What is said when there is none by an id. */
  readonly missing: string;
  /** JSON pointer of its first date. */
  readonly firstDate: string;
  readonly idOf: (entry: Entry) => string;
  /** First and last date; null: without an end. */
  readonly spanOf: (entry: Entry) => { readonly from: string; readonly to: string | null };
  readonly load: (client: ClientBase, id: string) => Promise<Entry | undefined>;
  /** Loads it for this transaction alone. */
  readonly lock: (client: ClientBase, id: string) => Promise<Entry | undefined>;
  readonly withdraw: (client: ClientBase, id: string, now: Date) => Promise<Entry>;
  readonly given: (fields: EventFields, entry: Entry) => NewEvent;
  readonly withdrawn: (fields: EventFields, entry: Entry) => NewEvent;
}

export interface NewEntry {
  /** Id of the operation, where its idempotency keys are kept apart from those of others. */
  readonly route: string;
  readonly body: { readonly user_id: string };
  /** Checks what was sent and writes the entry. */
  readonly write: (change: CalendarChange, id: string, person: Person) => Promise<void>;
}

/**
 * Writes an entry, tells it, and has the days it touches computed anew; for a key that was used, what was made then.
 *
 * @throws USER_NOT_FOUND, IDEMPOTENCY_KEY_REUSED; NOT_FOUND when what a key made is gone
 */
export function giveEntry<Entry extends PersonEntry>(
  ports: CalendarPorts,
  call: CalendarCall,
  kind: EntryKind<Entry>,
  { route, body, write }: NewEntry,
): Promise<{ readonly entry: Entry; readonly headers: { readonly 'Idempotency-Replayed'?: 'true' } }> {
  return changeCalendar(ports, call, async (change) => {
    const id = newId();
    const known = await replayedId(change, { route, bodyHash: bodyHash(body), resultId: id });
    if (known !== undefined) {
      return { entry: await requireEntry(change, kind, known), headers: { 'Idempotency-Replayed': 'true' } };
    }
    const person = await requirePerson(change.client, body.user_id);
    await write(change, id, person);
    const entry = await requireEntry(change, kind, id);
    const event = kind.given(eventFields(change, `users/${person.id}`), entry);
    await tellChange(change, event, { before: null, after: entry }, { people: [person], ...kind.spanOf(entry) });
    return { entry, headers: {} };
  });
}

/**
 * Withdraws an entry as if it had never been: the days it touched are computed anew.
 *
 * @throws NOT_FOUND, ALREADY_WITHDRAWN; VALIDATION_FAILED for one that began too long ago: years of records are settled,
 * such an entry is ended instead
 */
export function withdrawEntry<Entry extends PersonEntry>(
  ports: CalendarPorts,
  call: CalendarCall,
  kind: EntryKind<Entry>,
  id: string,
): Promise<Entry> {
  return changeCalendar(ports, call, async (change) => {
    const { client, now, today } = change;
    const before = await kind.lock(client, id.toLowerCase());
    if (before === undefined) throw new AppError('NOT_FOUND', { message: kind.missing });
    if (before.withdrawn_at !== null) throw new AppError('ALREADY_WITHDRAWN');
    refuse(dateProblems(kind.firstDate, kind.spanOf(before).from, today));
    const after = await kind.withdraw(client, kind.idOf(before), now);
    const person = await requirePerson(client, before.user_id, { gone: true });
    const event = kind.withdrawn(eventFields(change, `users/${person.id}`), after);
    await tellChange(change, event, { before, after }, { people: [person], ...kind.spanOf(before) });
    return after;
  });
}

/** A page of entries, entered last first. */
export async function pageEntries<Entry extends PersonEntry>(
  pool: Pool,
  organizationId: string,
  { idOf }: Pick<EntryKind<Entry>, 'idOf'>,
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
  list: (client: ClientBase, page: { readonly before: string | null; readonly limit: number }) => Promise<Entry[]>,
): Promise<{ readonly page: Entry[]; readonly nextCursor: string | null }> {
  const before = cursor === undefined ? null : decodeListCursor(cursor, [cursorParts.uuid])[0];
  const rows = await withOrganization(pool, organizationId, (client) => list(client, { before, limit: limit + 1 }));
  return cutPage(rows, limit, (entry) => [idOf(entry)]);
}

async function requireEntry<Entry extends PersonEntry>(
  { client }: CalendarChange,
  { load, missing }: EntryKind<Entry>,
  id: string,
): Promise<Entry> {
  const entry = await load(client, id);
  if (entry === undefined) throw new AppError('NOT_FOUND', { message: missing });
  return entry;
}
