import { operations, type ShiftAssignmentCreate, type ShiftAssignmentOut } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { AppError } from '@rollcall/service-kit';
import {
  insertShiftAssignment,
  listShiftAssignments,
  loadShiftAssignment,
  lockShiftAssignment,
  withdrawShiftAssignment,
} from '../../../data-access/shift-assignments.js';
import { loadShift } from '../../../data-access/shifts.js';
import { dateProblems, patternProblems, spanProblems } from '../../../domain/check-calendar.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { refuse, type CalendarChange, type CalendarPorts } from './change-calendar.js';
import { giveEntry, pageEntries, withdrawEntry, type EntryKind } from './person-entries.js';

const assignments: EntryKind<ShiftAssignmentOut> = {
  missing: 'There is no such assignment.',
  firstDate: '/valid_from',
  idOf: ({ assignment_id }) => assignment_id,
  spanOf: ({ valid_from, valid_until }) => ({ from: valid_from, to: valid_until }),
  load: loadShiftAssignment,
  lock: lockShiftAssignment,
  withdraw: withdrawShiftAssignment,
  given: (fields, assignment) =>
    newEvent<'shift_assignment.created'>({
      ...fields,
      type: 'shift_assignment.created',
      payload: payloadOf(assignment),
    }),
  withdrawn: (fields, assignment) =>
    newEvent<'shift_assignment.withdrawn'>({
      ...fields,
      type: 'shift_assignment.withdrawn',
      payload: payloadOf(assignment),
    }),
};

export function assignmentRoutes(ports: CalendarPorts): Route[] {
  return [createAssignmentRoute(ports), listAssignmentsRoute(ports), withdrawAssignmentRoute(ports)];
}

function createAssignmentRoute(ports: CalendarPorts): Route {
  return defineRoute(operations.createShiftAssignment, async (call) => {
    const body = call.body.value;
    const { entry, headers } = await giveEntry(ports, call, assignments, {
      ...{ route: operations.createShiftAssignment.id, body },
      write: (change, id, person) => assign(change, { id, userId: person.id, body }),
    });
    return reply(201, 'SHIFT_ASSIGNED', 'The person works by this pattern.', entry, { headers });
  });
}

async function assign(
  change: CalendarChange,
  { id, userId, body }: { readonly id: string; readonly userId: string; readonly body: ShiftAssignmentCreate },
): Promise<void> {
  const { client, call, today, known } = change;
  const { valid_from, valid_until = null, pattern } = body;
  refuse([
    ...dateProblems('/valid_from', valid_from, today),
    ...(valid_until === null ? [] : spanProblems('/valid_until', valid_from, valid_until)),
    ...patternProblems(pattern, known.workWeekOn(valid_from)),
  ]);
  for (const [index, { shift_id }] of pattern.entries()) await requireShift(change, shift_id, index);
  await insertShiftAssignment(client, {
    ...{ id, organizationId: call.principal.organizationId, userId, createdBy: call.principal.userId },
    ...{ validFrom: valid_from, validUntil: valid_until },
    pattern: pattern.map(({ shift_id, weekdays }) => ({
      shift_id: shift_id.toLowerCase(),
      weekdays: weekdays?.toSorted((a, b) => a - b) ?? null,
    })),
  });
}

function listAssignmentsRoute({ pool }: CalendarPorts): Route {
  return defineRoute(operations.listShiftAssignments, async ({ principal, query }) => {
    const { user_id: userId = null } = query;
    const { organizationId } = principal;
    const { page, nextCursor } = await pageEntries(pool, organizationId, assignments, query, (client, place) =>
      listShiftAssignments(client, { userId, ...place }),
    );
    return reply(200, 'SHIFT_ASSIGNMENTS_LISTED', 'Assignments.', page, { nextCursor });
  });
}

function withdrawAssignmentRoute(ports: CalendarPorts): Route {
  return defineRoute(operations.withdrawShiftAssignment, async (call) => {
    const assignment = await withdrawEntry(ports, call, assignments, call.params.assignment_id);
    return reply(200, 'SHIFT_ASSIGNMENT_WITHDRAWN', 'The assignment was withdrawn.', assignment);
  });
}

function payloadOf({ assignment_id, user_id, valid_from, valid_until, pattern }: ShiftAssignmentOut) {
  return { assignment_id, user_id, shift_ids: pattern.map(({ shift_id }) => shift_id), valid_from, valid_until };
}

async function requireShift({ client }: CalendarChange, shiftId: string, index: number): Promise<void> {
  if ((await loadShift(client, shiftId)) !== undefined) return;
  throw new AppError('NOT_FOUND', {
    message: 'There is no such shift.',
    errors: [{ path: `/pattern/${index}/shift_id`, code: 'NOT_FOUND', message: 'is no shift' }],
  });
}
