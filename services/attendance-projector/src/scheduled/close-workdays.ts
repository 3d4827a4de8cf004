import { loadOrganizationCalendar, loadPersonCalendars } from '@rollcall/attendance-data';
import { endOfLog, knownCalendar } from '@rollcall/attendance-rules';
import type { NewEvent } from '@rollcall/contracts';
import { appendEvents, newEvent, ringEvents } from '@rollcall/event-log';
import { withTransaction, type ClientBase, type Pool } from '@rollcall/postgres';
import { newId } from '@rollcall/service-kit';
import { listOrganizationIds } from '../data-access/organizations.js';
import { listAccountablePeople, lockClosings, moveClosings } from '../data-access/workday-closings.js';
import { daysClosedIn, mayClose, type ClosedDay, type ClosingWindow } from '../domain/closing-days.js';
import { isPassingFailure, wasHeldUp } from '../events/classify-failure.js';

/** People an event: what a projector computes in a moment. */
const PEOPLE_AN_EVENT = 200;
/** No work day with its grace is longer: who was inactive all this time was not there when it began. */
const LONGEST_DAY_MS = 4 * 86_400_000;
/** Held up one after the other: then it is none of them but the database, and what else is due by the clock would wait too. */
const MOST_HELD_UP = 3;

/**
 * Says of the work days that ended since it last looked that they are over, by events: the projector writes absences,
 * leave and holidays of them. An end is looked at once, in the transaction that says so; after a pause, however long, it
 * goes on where it stood. Answers how many days of people it closed.
 *
 * @throws AggregateError when days of some organizations cannot be closed: those of all others are closed nevertheless,
 * unless several are held up one after the other. What isPassingFailure knows, when the database is not there.
 */
export async function closeWorkdays(pool: Pool, signal: AbortSignal): Promise<number> {
  let closed = 0;
  const failures: unknown[] = [];
  let heldUp = 0;
  const ids = shuffle(await listOrganizationIds(pool));
  for (const [position, organizationId] of ids.entries()) {
    try {
      closed += await closeOrganization(pool, organizationId, signal);
      heldUp = 0;
    } catch (error) {
      // Without a server the others fail too, each after its own wait.
      if (isPassingFailure(error) && !wasHeldUp(error)) throw error;
      failures.push(error);
      heldUp = wasHeldUp(error) ? heldUp + 1 : 0;
    }
    const left = ids.length - position - 1;
    if (heldUp === MOST_HELD_UP && left > 0) {
      throw new AggregateError(
        failures,
        `days of ${failures.length} organizations stay open; ${left} were not looked at`,
      );
    }
    if (signal.aborted) break;
  }
  if (failures.length > 0) throw new AggregateError(failures, `days of ${failures.length} organizations stay open`);
  return closed;
}

/** In another order each time: whoever comes after three that are held up does so once, not always. */
function shuffle(ids: readonly string[]): string[] {
  return ids
    .map((id) => ({ id, place: Math.random() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ id }) => id);
}

async function closeOrganization(pool: Pool, organizationId: string, signal: AbortSignal): Promise<number> {
  let closed = 0;
  let more = true;
  while (more && !signal.aborted) {
    const step = await withTransaction(pool, (client) => closeNext(client, organizationId));
    closed += step.closed;
    more = step.more;
  }
  return closed;
}

/** Closes what ended in the next window, if there is one. `more` while the windows have not reached the present. */
async function closeNext(
  client: ClientBase,
  organizationId: string,
): Promise<{ readonly closed: number; readonly more: boolean }> {
  const window = await lockClosings(client, organizationId);
  if (window === undefined) return { closed: 0, more: false };
  const days = await findClosedDays(client, organizationId, window);
  const events = days.flatMap((day) => eventsOf(organizationId, day, window));
  await appendEvents(client, events);
  await moveClosings(client, organizationId, window.until);
  if (events.length > 0) await ringEvents(client);
  return { closed: days.reduce((sum, { userIds }) => sum + userIds.length, 0), more: !window.last };
}

async function findClosedDays(client: ClientBase, organizationId: string, window: ClosingWindow): Promise<ClosedDay[]> {
  const { calendar, planned } = await loadOrganizationCalendar(client, organizationId);
  if (!planned) return [];
  const known = knownCalendar(calendar, endOfLog);
  const shiftIds = [...new Set(calendar.shifts.map(({ shift }) => shift.id))];
  if (!mayClose(known, shiftIds, window)) return [];
  const ids = await listAccountablePeople(client, organizationId, {
    everybody: calendar.holidays.length > 0,
    activeSince: new Date(window.from - LONGEST_DAY_MS),
  });
  const people = await loadPersonCalendars(client, organizationId, ids);
  return daysClosedIn(known, people.values(), window);
}

function eventsOf(organizationId: string, { workDate, userIds }: ClosedDay, window: ClosingWindow): NewEvent[] {
  const events: NewEvent[] = [];
  for (let index = 0; index < userIds.length; index += PEOPLE_AN_EVENT) {
    events.push(
      newEvent<'workday.closed'>({
        type: 'workday.closed',
        organizationId,
        subject: `workdays/${workDate}`,
        actor: 'system:attendance-projector',
        correlationId: newId(),
        payload: { work_date: workDate, user_ids: userIds.slice(index, index + PEOPLE_AN_EVENT) },
        occurredAt: new Date(window.until),
      }),
    );
  }
  return events;
}
