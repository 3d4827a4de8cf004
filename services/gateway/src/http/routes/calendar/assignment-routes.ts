import { operations, type ShiftAssignmentCreate, type ShiftAssignmentOut } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { v7 as uuidV7 } from 'uuid';
import {
  insertShiftAssignment,
  listShiftAssignments,
  loadShiftAssignment,
  lockShiftAssignment,
  withdrawShiftAssignment,
} from '../../../data-access/shift-assignments.js';
import { loadShift } from '../../../data-access/shifts.js';
import { dateProblems, patternProblems, spanProblems } from '../../../domain/check-calendar.js';
import { cursorParts, cutPage, decodeListCursor } from '../../reading/list-cursor.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { bodyHash } from './body-hash.js';
import {
  changeCalendar,
  eventFields,
  refuse,
  replayedId,
  tellChange,
  type CalendarChange,
  type CalendarPorts,
} from './change-calendar.js';
import { requirePerson } from './require-person.js';

export function assignmentRoutes(ports: CalendarPorts): Route[] {
  return [createAssignmentRoute(ports), listAssignmentsRoute(ports), withdrawAssignmentRoute(ports)];
}

function createAssignmentRoute(ports: CalendarPorts): Route {
  return defineRoute(operations.createShiftAssignment, async (call) => {
    const { assignment, replayed } = await changeCalendar(ports, call, async (change) => {
      const id = uuidV7();
      const claim = { route: operations.createShiftAssignment.id, bodyHash: bodyHash(call.body.value), resultId: id };
      const known = await replayedId(change, claim);
      if (known !== undefined) return { assignment: await requireAssignment(change, known), replayed: true };
      return { assignment: await assign(change, id, call.body.value), replayed: false };
    });
    return reply(201, 'SHIFT_ASSIGNED', 'The person works by this pattern.', assignment, {
      headers: { ...(replayed && { 'Idempotency-Replayed': 'true' }) },
    });
  });
}

async function assign(change: CalendarChange, id: string, body: ShiftAssignmentCreate): Promise<ShiftAssignmentOut> {
  const { client, call, today, known } = change;
  const { user_id, valid_from, valid_until = null, pattern } = body;
  const person = await requirePerson(client, user_id);
  refuse([
    ...dateProblems('/valid_from', valid_from, today),
    ...(valid_until === null ? [] : spanProblems('/valid_until', valid_from, valid_until)),
    ...patternProblems(pattern, known.workWeekOn(valid_from)),
  ]);
  for (const [index, { shift_id }] of pattern.entries()) await requireShift(change, shift_id, index);
  await insertShiftAssignment(client, {
    ...{ id, organizationId: call.principal.organizationId, userId: person.id, createdBy: call.principal.userId },
    ...{ validFrom: valid_from, validUntil: valid_until },
    pattern: pattern.map(({ shift_id, weekdays }) => ({
      shift_id: shift_id.toLowerCase(),
      weekdays: weekdays?.toSorted((a, b) => a - b) ?? null,
    })),
  });
  const assignment = await requireAssignment(change, id);
  const type = 'shift_assignment.created';
  const event = newEvent<typeof type>({
    ...eventFields(change, `users/${person.id}`),
    type,
    payload: idsOf(assignment),
  });
  const affected = { people: [person], from: valid_from, to: valid_until };
  await tellChange(change, event, { before: null, after: assignment }, affected);
  return assignment;
}

function listAssignmentsRoute({ pool }: CalendarPorts): Route {
  return defineRoute(operations.listShiftAssignments, async ({ principal, query }) => {
    const { user_id: userId = null, cursor, limit } = query;
    const before = cursor === undefined ? null : decodeListCursor(cursor, [cursorParts.uuid])[0];
    const rows = await withOrganization(pool, principal.organizationId, (client) =>
      listShiftAssignments(client, { userId, before, limit: limit + 1 }),
    );
    const { page, nextCursor } = cutPage(rows, limit, ({ assignment_id }) => [assignment_id]);
    return reply(200, 'SHIFT_ASSIGNMENTS_LISTED', 'Assignments.', page, { nextCursor });
  });
}

function withdrawAssignmentRoute(ports: CalendarPorts): Route {
  return defineRoute(operations.withdrawShiftAssignment, async (call) => {
    const assignment = await changeCalendar(ports, call, async (change) => {
      const { client, now } = change;
      const before = await lockShiftAssignment(client, call.params.assignment_id.toLowerCase());
      if (before === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such assignment.' });
      if (before.withdrawn_at !== null) throw new AppError('ALREADY_WITHDRAWN');
      // Years of records are settled: such an assignment is ended by another one.
      refuse(dateProblems('/valid_from', before.valid_from, change.today));
      const after = await withdrawShiftAssignment(client, before.assignment_id, now);
      const person = await requirePerson(client, before.user_id, { gone: true });
      const type = 'shift_assignment.withdrawn';
      const event = newEvent<typeof type>({
        ...eventFields(change, `users/${person.id}`),
        type,
        payload: idsOf(after),
      });
      const affected = { people: [person], from: before.valid_from, to: before.valid_until };
      await tellChange(change, event, { before, after }, affected);
      return after;
    });
    return reply(200, 'SHIFT_ASSIGNMENT_WITHDRAWN', 'The assignment was withdrawn.', assignment);
  });
}

function idsOf({ assignment_id, user_id, valid_from, valid_until, pattern }: ShiftAssignmentOut) {
  return { assignment_id, user_id, shift_ids: pattern.map(({ shift_id }) => shift_id), valid_from, valid_until };
}

async function requireAssignment({ client }: CalendarChange, id: string): Promise<ShiftAssignmentOut> {
  const assignment = await loadShiftAssignment(client, id);
  if (assignment === undefined) throw new AppError('NOT_FOUND');
  return assignment;
}

async function requireShift({ client }: CalendarChange, shiftId: string, index: number): Promise<void> {
  if ((await loadShift(client, shiftId)) !== undefined) return;
  throw new AppError('NOT_FOUND', {
    message: 'There is no such shift.',
    errors: [{ path: `/pattern/${index}/shift_id`, code: 'NOT_FOUND', message: 'is no shift' }],
  });
}
