import type { NewEvent } from '@rollcall/contracts';
import { appendEvents, loadCheckpoint, newEvent, ringEvents } from '@rollcall/event-log';
import { withTransaction, type ClientBase, type Pool } from '@rollcall/postgres';
import { isParked } from '../data-access/projection-checkpoints.js';
import {
  countPeople,
  isInstalmentUnderWay,
  listPeopleAfter,
  listPeopleOfSpan,
  loadNextSpan,
  lockRecomputation,
  moveSpans,
} from '../data-access/recomputation-spans.js';
import {
  DAYS_AN_INSTALMENT,
  nextSlice,
  spanAfter,
  type PersonToRecompute,
  type RecomputationSpan,
  type Slice,
} from '../domain/cut-instalment.js';
import { PROJECTION } from './projection-name.js';

/** Some of an organization's days that are to be computed anew. */
interface Instalment {
  readonly slice: Slice;
  readonly people: readonly PersonToRecompute[];
}

/**
 * Takes the next instalment off what an organization has outstanding, and appends the event that has its days computed:
 * so the place in the log says what it knows of and which frames came before it, and a replay meets it where the first
 * projection did. One is under way at a time. Answers whether there was one to take.
 */
export function takeInstalment(pool: Pool, organizationId: string): Promise<boolean> {
  return withTransaction(pool, async (client) => {
    if (!(await lockRecomputation(client, organizationId))) return false;
    const at = await loadCheckpoint(client, { projection: PROJECTION, organizationId });
    // Nothing is known to be projected before the first event, nor while the projection is being reset.
    if (at === null || isParked(at) || (await isInstalmentUnderWay(client, organizationId, at))) return false;
    const span = await loadNextSpan(client, organizationId);
    if (span === undefined) return false;
    const take = span.userId === null ? takeFromEverybody : takeFromPeople;
    const { slice, people } = await take(client, organizationId, span);
    const events = [false, true].flatMap((gone) => eventOf(organizationId, span, slice, people, gone));
    await appendEvents(client, events);
    await ringEvents(client);
    return true;
  });
}

async function takeFromEverybody(
  client: ClientBase,
  organizationId: string,
  span: RecomputationSpan,
): Promise<Instalment> {
  const slice = nextSlice(span, await countPeople(client, organizationId));
  const found = await listPeopleAfter(client, organizationId, span.afterUserId, slice.people + 1);
  const people = found.slice(0, slice.people);
  const reached = found.length > people.length ? (people.at(-1)?.id ?? null) : null;
  await moveSpans(client, [span.id], spanAfter(span, slice, reached));
  return { slice, people };
}

/** People of whom the same dates are outstanding, as after a change of their shift, share an instalment. */
async function takeFromPeople(
  client: ClientBase,
  organizationId: string,
  span: RecomputationSpan,
): Promise<Instalment> {
  const alike = await listPeopleOfSpan(client, organizationId, span, DAYS_AN_INSTALMENT);
  const slice = nextSlice(span, alike.length);
  const people = alike.slice(0, slice.people);
  const ids = people.map(({ spanId }) => spanId);
  await moveSpans(client, ids, spanAfter(span, slice, null));
  return { slice, people };
}

function eventOf(
  organizationId: string,
  { cause }: RecomputationSpan,
  { from, to }: Slice,
  people: readonly PersonToRecompute[],
  existingOnly: boolean,
): NewEvent[] {
  const userIds = people.filter(({ gone }) => gone === existingOnly).map(({ id }) => id);
  if (userIds.length === 0) return [];
  const type = 'attendance.recomputation_requested';
  return [
    newEvent<typeof type>({
      type,
      organizationId,
      subject: cause.subject,
      actor: 'system:attendance-projector',
      correlationId: cause.correlationId,
      causationId: cause.id,
      payload: { user_ids: userIds, from, to, existing_only: existingOnly },
      occurredAt: new Date(),
    }),
  ];
}
