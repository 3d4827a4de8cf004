import { operations, type CheckInOut } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization } from '@rollcall/postgres';
import { AppError, type Clock, newId } from '@rollcall/service-kit';
import type { CheckInThrottle } from '../../../auth/check-in-throttle.js';
import { appendAudited } from '../../../data-access/audited-event.js';
import {
  insertCheckIn,
  loadCheckIn,
  type Kiosk,
  type KioskName,
  type NewCheckIn,
} from '../../../data-access/check-ins.js';
import type { OrganizationSettings } from '../../../data-access/organization-settings.js';
import { findPinHolder } from '../../../data-access/user-pins.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import { reply } from '../../reply.js';
import { readCaptureTime } from '../../reading/read-capture-time.js';
import { defineRoute, type Route } from '../../route.js';
import { kioskOf, openKiosk } from './find-kiosk.js';
import { checkProof, identifyPerson, type Identified, type IdentifyPorts, type Refusal } from './identify-person.js';

export interface CheckInPorts extends IdentifyPorts {
  readonly throttle: CheckInThrottle;
  readonly settings: OrganizationSettings;
  readonly clock: Clock;
}

type CheckInCall = Call<typeof operations.checkIn>;

/** What is known of a check-in before the person is. */
interface Moment {
  readonly kiosk: Kiosk;
  readonly capturedAt: Date;
  readonly receivedAt: Date;
  readonly lateArrival: boolean;
}

export function checkInRoute(ports: CheckInPorts): Route {
  return defineRoute(operations.checkIn, async (call) => {
    const body = call.body.value;
    checkProof(body);
    const kiosk = kioskOf(call.principal, body.source_id);
    const moment = await readMoment(ports, call, kiosk);
    const { organizationId } = call.principal;
    const tried = {
      organizationId,
      kioskId: moment.kiosk.id,
      person: await nameOf(ports, call),
    };
    const { waitSeconds, isFirst } = await ports.throttle.attempt(tried);
    if (waitSeconds > 0) {
      if (isFirst) await writeRefusal(ports, call, moment, { reason: 'throttled', userId: null });
      throw new AppError('TOO_MANY_REQUESTS', { retryAfterSeconds: waitSeconds });
    }
    const claim = { organizationId, kioskId: moment.kiosk.id, capturedAt: moment.capturedAt, body };
    const identified = await identifyPerson(ports, claim);
    if (!identified.ok) {
      await writeRefusal(ports, call, moment, identified);
      throw refusedError(identified.reason);
    }
    await ports.throttle.succeeded(tried);
    const { checkIn, isNew } = await writeCheckIn(ports, call, moment, identified);
    return reply(200, 'CHECKED_IN', 'It counts.', checkIn, {
      headers: isNew ? {} : { 'Idempotency-Replayed': 'true' },
    });
  });
}

/** One name for a person, however they were named: tries by id and by code count together. */
async function nameOf({ pool }: CheckInPorts, { principal, body }: CheckInCall): Promise<string | null> {
  const { user_id, employee_code: employeeCode } = body.value;
  if (employeeCode === undefined) return user_id?.toLowerCase() ?? null;
  const person = await withOrganization(pool, principal.organizationId, (client) =>
    findPinHolder(client, { userId: null, employeeCode }),
  );
  return person?.userId ?? employeeCode;
}

async function readMoment(
  { pool, settings, clock }: CheckInPorts,
  call: CheckInCall,
  name: KioskName,
): Promise<Moment> {
  const { timestamp } = call.body.value;
  const { capture, sources } = await settings.of(call.principal.organizationId);
  const receivedAt = clock.now();
  const time = readCaptureTime(timestamp, receivedAt, capture);
  const kiosk = await openKiosk(pool, call, name, { mayCreate: sources.accept_unknown, now: receivedAt });
  return { kiosk, capturedAt: time.capturedAt, receivedAt, lateArrival: time.lateArrival };
}

/** Says no more than needed: whether the person or the PIN was wrong is for the audit trail. */
function refusedError(reason: Refusal): AppError {
  if (reason !== 'code_expired') return new AppError('CHECK_IN_REFUSED');
  const errors = [{ path: '/token', code: 'EXPIRED', message: 'is over; show a fresh code' }];
  return new AppError('CHECK_IN_REFUSED', { message: 'The code is over; show a fresh one.', errors });
}

async function writeRefusal(
  { pool }: CheckInPorts,
  call: CheckInCall,
  { kiosk, receivedAt }: Moment,
  { reason, userId }: { readonly reason: Refusal; readonly userId: string | null },
): Promise<void> {
  const { organizationId, actor } = call.principal;
  const event = newEvent<'attendance.check_in_refused'>({
    type: 'attendance.check_in_refused',
    organizationId,
    subject: userId === null ? `sources/${kiosk.id}` : `users/${userId}`,
    actor,
    correlationId: call.correlationId,
    payload: { user_id: userId, source_id: kiosk.id, method: call.body.value.method, reason },
    occurredAt: receivedAt,
  });
  await withOrganization(pool, organizationId, (client) => appendAudited(client, event, auditContext(call)));
}

async function writeCheckIn(
  { pool }: CheckInPorts,
  call: CheckInCall,
  { kiosk, capturedAt, receivedAt, lateArrival }: Moment,
  { checkInId, person }: Identified & { readonly ok: true },
): Promise<{ readonly checkIn: CheckInOut; readonly isNew: boolean }> {
  const { organizationId, actor: recordedBy } = call.principal;
  const { method, source_id, direction = kiosk.direction } = call.body.value;
  const written: NewCheckIn = {
    ...{ id: checkInId, organizationId, userId: person.userId, sourceId: kiosk.id, method, direction },
    ...{ capturedAt, receivedAt, recordedBy, eventId: newId() },
  };
  return withOrganization(pool, organizationId, async (client) => {
    const isNew = await insertCheckIn(client, written);
    if (isNew) await appendAudited(client, punchedEvent(call, written, lateArrival), auditContext(call));
    const kept = isNew ? written : ((await loadCheckIn(client, checkInId)) ?? written);
    const checkIn = {
      check_in_id: checkInId,
      user_id: person.userId,
      full_name: person.fullName,
      method,
      source_id,
      direction: kept.direction,
      captured_at: kept.capturedAt.toISOString(),
      late_arrival: lateArrival,
    };
    return { checkIn, isNew };
  });
}

function punchedEvent(call: CheckInCall, checkIn: NewCheckIn, lateArrival: boolean) {
  return newEvent<'attendance.punched'>({
    id: checkIn.eventId,
    type: 'attendance.punched',
    organizationId: checkIn.organizationId,
    subject: `users/${checkIn.userId}`,
    actor: checkIn.recordedBy,
    correlationId: call.correlationId,
    payload: {
      check_in_id: checkIn.id,
      user_id: checkIn.userId,
      source_id: checkIn.sourceId,
      method: checkIn.method,
      direction: checkIn.direction,
      captured_at: checkIn.capturedAt.toISOString(),
      received_at: checkIn.receivedAt.toISOString(),
      late_arrival: lateArrival,
    },
    occurredAt: checkIn.receivedAt,
  });
}
