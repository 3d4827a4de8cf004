import { loadOrganizationCalendar } from '@rollcall/attendance-data';
import {
  addDays,
  endOfLog,
  knownCalendar,
  nobodyKnown,
  personWorkDate,
  type KnownCalendar,
} from '@rollcall/attendance-rules';
import type { NewEvent } from '@rollcall/contracts';
import { withOrganization, type ClientBase, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import { claimIdempotencyKey } from '../../../data-access/idempotency-keys.js';
import { lockOrganization, type OrganizationRow } from '../../../data-access/organization-config.js';
import { requestRecomputation } from '../../../data-access/request-recomputation.js';
import type { Problem } from '../../../domain/check-calendar.js';
import { auditContext } from '../../audit-context.js';
import type { Call, UserPrincipal } from '../../call.js';
import { readIdempotencyKey } from '../../reading/read-idempotency-key.js';

export interface CalendarPorts {
  readonly pool: Pool;
  readonly clock: Clock;
}

export type CalendarCall = Pick<Call, 'requestId' | 'correlationId' | 'address' | 'headers'> & {
  readonly principal: UserPrincipal;
};

/** A transaction that changes the calendar of an organization. */
export interface CalendarChange {
  readonly client: ClientBase;
  readonly call: CalendarCall;
  readonly organization: OrganizationRow;
  readonly now: Date;
  /** The organization's work date of this moment. */
  readonly today: string;
  /** The calendar as it was before the change. */
  readonly known: KnownCalendar;
}

/** Runs a change of the calendar; changes of one organization wait for one another. */
export function changeCalendar<Result>(
  { pool, clock }: CalendarPorts,
  call: CalendarCall,
  work: (change: CalendarChange) => Promise<Result>,
): Promise<Result> {
  const { organizationId } = call.principal;
  return withOrganization(pool, organizationId, async (client) => {
    const organization = await lockOrganization(client, organizationId);
    const now = clock.now();
    const known = await loadKnownCalendar(client, organizationId);
    return work({ client, call, organization, now, today: todayIn(known, now), known });
  });
}

/** The calendar of an organization with everything that is stored of it. */
export async function loadKnownCalendar(client: ClientBase, organizationId: string): Promise<KnownCalendar> {
  const { calendar } = await loadOrganizationCalendar(client, organizationId);
  return knownCalendar(calendar, endOfLog);
}

export function todayIn(known: KnownCalendar, now: Date): string {
  return personWorkDate(known, nobodyKnown(''), now.getTime());
}

/** @throws VALIDATION_FAILED when there are problems. */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new AppError('VALIDATION_FAILED', { errors: [...problems] });
}

/** The id that an earlier call with the same idempotency key made; undefined: go on. */
export async function replayedId(
  { client, call }: CalendarChange,
  claim: { readonly route: string; readonly bodyHash: Uint8Array; readonly resultId: string },
): Promise<string | undefined> {
  const key = readIdempotencyKey(call.headers['idempotency-key']);
  if (key === null) return undefined;
  const { organizationId, actor: principal } = call.principal;
  const result = await claimIdempotencyKey(client, { organizationId, principal, key, ...claim });
  if (result.outcome === 'conflict') throw new AppError('IDEMPOTENCY_KEY_REUSED');
  return result.outcome === 'replayed' ? result.resultId : undefined;
}

/** Days to compute anew because of a change. `to` null: up to now. */
export interface AffectedDays {
  readonly people: 'everybody' | readonly { readonly id: string }[];
  readonly from: string;
  readonly to: string | null;
}

/** Appends the event of a change with its words, and asks for the touched days to be computed anew. */
export async function tellChange(
  { client, call, today }: CalendarChange,
  event: NewEvent,
  words: { readonly before: unknown; readonly after: unknown },
  affected?: AffectedDays,
): Promise<void> {
  await appendAudited(client, event, { ...auditContext(call), ...words });
  if (affected === undefined) return;
  // The cut-off before the first day moves with it, and tomorrow may have begun for people with early shifts.
  const from = addDays(affected.from, -1);
  const last = addDays(today, 1);
  const to = affected.to === null || affected.to >= last ? last : addDays(affected.to, 1);
  const userIds = affected.people === 'everybody' ? null : affected.people.map(({ id }) => id);
  const { id, correlationId, subject } = event;
  await requestRecomputation(client, { userIds, from, to, cause: { id, correlationId, subject } });
}

/** What every event of a change has in common. */
export function eventFields({ call, now }: CalendarChange, subject: string) {
  const { organizationId, actor } = call.principal;
  return { organizationId, actor, subject, correlationId: call.correlationId, occurredAt: now };
}
