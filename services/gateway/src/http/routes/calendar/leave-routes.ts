import { operations, type LeaveCreate, type LeaveOut } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { insertLeave, listLeaves, loadLeave, lockLeave, withdrawLeave } from '../../../data-access/leaves.js';
import { dateProblems, spanProblems } from '../../../domain/check-calendar.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { refuse, type CalendarChange, type CalendarPorts } from './change-calendar.js';
import { giveEntry, pageEntries, withdrawEntry, type EntryKind } from './person-entries.js';

const leaves: EntryKind<LeaveOut> = {
  missing: 'There is no such leave.',
  firstDate: '/starts_on',
  idOf: ({ leave_id }) => leave_id,
  spanOf: ({ starts_on, ends_on }) => ({ from: starts_on, to: ends_on }),
  load: loadLeave,
  lock: lockLeave,
  withdraw: withdrawLeave,
  given: (fields, leave) => newEvent<'leave.granted'>({ ...fields, type: 'leave.granted', payload: payloadOf(leave) }),
  withdrawn: (fields, leave) =>
    newEvent<'leave.withdrawn'>({ ...fields, type: 'leave.withdrawn', payload: payloadOf(leave) }),
};

export function leaveRoutes(ports: CalendarPorts): Route[] {
  return [createLeaveRoute(ports), listLeavesRoute(ports), withdrawLeaveRoute(ports)];
}

function createLeaveRoute(ports: CalendarPorts): Route {
  return defineRoute(operations.createLeave, async (call) => {
    const body = call.body.value;
    const { entry, headers } = await giveEntry(ports, call, leaves, {
      ...{ route: operations.createLeave.id, body },
      write: (change, id, person) => grant(change, { id, userId: person.id, body }),
    });
    return reply(201, 'LEAVE_GRANTED', 'The leave was entered.', entry, { headers });
  });
}

/** Leave in the middle of a day is none that a shift could be shortened by. */
const BOTH_TIMES = { path: '/from_time', code: 'NOT_ALLOWED', message: 'does not go together with until_time' };

async function grant(
  { client, call, today }: CalendarChange,
  { id, userId, body }: { readonly id: string; readonly userId: string; readonly body: LeaveCreate },
): Promise<void> {
  const { starts_on, ends_on, until_time = null, from_time = null, kind } = body;
  refuse([
    ...dateProblems('/starts_on', starts_on, today),
    ...dateProblems('/ends_on', ends_on, today),
    ...spanProblems('/ends_on', starts_on, ends_on),
    ...(until_time === null || from_time === null ? [] : [BOTH_TIMES]),
  ]);
  await insertLeave(client, {
    ...{ id, organizationId: call.principal.organizationId, userId, createdBy: call.principal.userId },
    ...{ startsOn: starts_on, endsOn: ends_on, untilTime: until_time, fromTime: from_time, kind },
  });
}

function listLeavesRoute({ pool }: CalendarPorts): Route {
  return defineRoute(operations.listLeaves, async ({ principal, query }) => {
    const { user_id: userId = null, from = null, to = null } = query;
    const { page, nextCursor } = await pageEntries(pool, principal.organizationId, leaves, query, (client, place) =>
      listLeaves(client, { userId, from, to, ...place }),
    );
    return reply(200, 'LEAVES_LISTED', 'Leaves.', page, { nextCursor });
  });
}

function withdrawLeaveRoute(ports: CalendarPorts): Route {
  return defineRoute(operations.withdrawLeave, async (call) => {
    const leave = await withdrawEntry(ports, call, leaves, call.params.leave_id);
    return reply(200, 'LEAVE_WITHDRAWN', 'The leave was taken back.', leave);
  });
}

function payloadOf({ leave_id, user_id, starts_on, ends_on }: LeaveOut) {
  return { leave_id, user_id, starts_on, ends_on };
}
