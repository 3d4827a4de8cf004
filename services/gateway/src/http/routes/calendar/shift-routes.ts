import { operations, type ShiftOut } from '@rollcall/contracts';
import { withOrganization } from '@rollcall/postgres';
import { AppError, newId } from '@rollcall/service-kit';
import { updateOrganization } from '../../../data-access/organization-config.js';
import { listShifts, listShiftVersions, loadShift } from '../../../data-access/shifts.js';
import { dateProblems, earliestDate } from '../../../domain/check-calendar.js';
import { cursorParts, cutPage, decodeListCursor } from '../../reading/list-cursor.js';
import { entityTag, readIfMatch } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { bodyHash } from './body-hash.js';
import { changeCalendar, refuse, replayedId, type CalendarChange, type CalendarPorts } from './change-calendar.js';
import { writeShift } from './write-shift.js';

export function shiftRoutes(ports: CalendarPorts): Route[] {
  return [
    createShiftRoute(ports),
    listShiftsRoute(ports),
    getShiftRoute(ports),
    listShiftVersionsRoute(ports),
    updateShiftRoute(ports),
    retireShiftRoute(ports),
  ];
}

function createShiftRoute(ports: CalendarPorts): Route {
  return defineRoute(operations.createShift, async (call) => {
    const { valid_from, ...fields } = call.body.value;
    const { shift, replayed } = await changeCalendar(ports, call, async (change) => {
      const shiftId = newId();
      const claim = { route: operations.createShift.id, bodyHash: bodyHash(call.body.value), resultId: shiftId };
      const known = await replayedId(change, claim);
      if (known !== undefined) return { shift: await requireShift(change, known), replayed: true };
      // Nobody has worked it yet: it holds for whatever date somebody is assigned from.
      const validFrom = readValidFrom(change, valid_from ?? earliestDate(change.today));
      await touchOrganization(change);
      return { shift: await writeShift(change, { shiftId, before: undefined, fields, validFrom }), replayed: false };
    });
    return reply(201, 'SHIFT_CREATED', 'The shift was added.', shift, {
      headers: {
        Location: `/v1/admin/shift/${shift.shift_id}`,
        ETag: entityTag(shift.version),
        ...(replayed && { 'Idempotency-Replayed': 'true' }),
      },
    });
  });
}

function listShiftsRoute({ pool }: CalendarPorts): Route {
  return defineRoute(operations.listShifts, async ({ principal, query: { cursor, limit } }) => {
    const after = cursor === undefined ? null : decodeListCursor(cursor, [cursorParts.uuid])[0];
    const rows = await withOrganization(pool, principal.organizationId, (client) =>
      listShifts(client, { after, limit: limit + 1 }),
    );
    const { page, nextCursor } = cutPage(rows, limit, ({ shift_id }) => [shift_id]);
    return reply(200, 'SHIFTS_LISTED', 'Shifts.', page, { nextCursor });
  });
}

function getShiftRoute({ pool }: CalendarPorts): Route {
  return defineRoute(operations.getShift, async ({ principal, params }) => {
    const shift = await withOrganization(pool, principal.organizationId, (client) =>
      loadShift(client, params.shift_id),
    );
    if (shift === undefined) throw noShift();
    return reply(200, 'SHIFT_FOUND', 'The shift.', shift, { headers: { ETag: entityTag(shift.version) } });
  });
}

function listShiftVersionsRoute({ pool }: CalendarPorts): Route {
  return defineRoute(operations.listShiftVersions, async ({ principal, params, query }) => {
    const { cursor, limit } = query;
    const before = cursor === undefined ? null : Number(decodeListCursor(cursor, [cursorParts.int4])[0]);
    const rows = await withOrganization(pool, principal.organizationId, async (client) => {
      if ((await loadShift(client, params.shift_id)) === undefined) throw noShift();
      return listShiftVersions(client, params.shift_id, { before, limit: limit + 1 });
    });
    const { page, nextCursor } = cutPage(rows, limit, ({ version }) => [String(version)]);
    return reply(200, 'SHIFT_VERSIONS_LISTED', 'Versions.', page, { nextCursor });
  });
}

function updateShiftRoute(ports: CalendarPorts): Route {
  return defineRoute(operations.updateShift, async (call) => {
    const version = readIfMatch(call.headers);
    const { valid_from, ...fields } = call.body.value;
    const shift = await changeCalendar(ports, call, async (change) => {
      const before = await requireShift(change, call.params.shift_id.toLowerCase(), version);
      const validFrom = readValidFrom(change, valid_from);
      await touchOrganization(change);
      return writeShift(change, { shiftId: before.shift_id, before, fields, validFrom });
    });
    return reply(200, 'SHIFT_UPDATED', 'The shift has a new version.', shift, {
      headers: { ETag: entityTag(shift.version) },
    });
  });
}

function retireShiftRoute(ports: CalendarPorts): Route {
  return defineRoute(operations.retireShift, async (call) => {
    const version = readIfMatch(call.headers);
    const shift = await changeCalendar(ports, call, async (change) => {
      const before = await requireShift(change, call.params.shift_id.toLowerCase(), version);
      await touchOrganization(change);
      const { shift_id: shiftId } = before;
      return writeShift(change, { shiftId, before, fields: {}, validFrom: change.today, retired: true });
    });
    return reply(200, 'SHIFT_RETIRED', 'The shift was retired.', shift, {
      headers: { ETag: entityTag(shift.version) },
    });
  });
}

/** @throws NOT_FOUND; PRECONDITION_FAILED when the caller has read another version. */
async function requireShift({ client }: CalendarChange, shiftId: string, version?: number): Promise<ShiftOut> {
  const shift = await loadShift(client, shiftId);
  if (shift === undefined) throw noShift();
  if (version !== undefined && shift.version !== version) throw new AppError('PRECONDITION_FAILED');
  return shift;
}

/** @throws VALIDATION_FAILED for a date too far away. */
function readValidFrom({ today }: CalendarChange, validFrom: string | undefined): string {
  refuse(validFrom === undefined ? [] : dateProblems('/valid_from', validFrom, today));
  return validFrom ?? today;
}

/** A shift is part of what config-org answers: its version says so. */
async function touchOrganization({ client, organization, now }: CalendarChange): Promise<void> {
  await updateOrganization(client, organization, now);
}

function noShift(): AppError {
  return new AppError('NOT_FOUND', { message: 'There is no such shift.' });
}
