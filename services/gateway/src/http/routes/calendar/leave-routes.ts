import { operations, type LeaveCreate, type LeaveOut } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { v7 as uuidV7 } from 'uuid';
import { insertLeave, listLeaves, loadLeave, lockLeave, withdrawLeave } from '../../../data-access/leaves.js';
import { dateProblems, spanProblems } from '../../../domain/check-calendar.js';
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

export function leaveRoutes(ports: CalendarPorts): Route[] {
  return [createLeaveRoute(ports), listLeavesRoute(ports), withdrawLeaveRoute(ports)];
}

function createLeaveRoute(ports: CalendarPorts): Route {
  return defineRoute(operations.createLeave, async (call) => {
    const { leave, replayed } = await changeCalendar(ports, call, async (change) => {
      const id = uuidV7();
      const claim = { route: operations.createLeave.id, bodyHash: bodyHash(call.body.value), resultId: id };
      const known = await replayedId(change, claim);
      if (known !== undefined) return { leave: await requireLeave(change, known), replayed: true };
      return { leave: await grant(change, id, call.body.value), replayed: false };
    });
    return reply(201, 'LEAVE_GRANTED', 'The leave was entered.', leave, {
      headers: { ...(replayed && { 'Idempotency-Replayed': 'true' }) },
    });
  });
}

async function grant(change: CalendarChange, id: string, body: LeaveCreate): Promise<LeaveOut> {
  const { client, call, today } = change;
  const { user_id, starts_on, ends_on, kind } = body;
  const person = await requirePerson(client, user_id);
  refuse([
    ...dateProblems('/starts_on', starts_on, today),
    ...dateProblems('/ends_on', ends_on, today),
    ...spanProblems('/ends_on', starts_on, ends_on),
  ]);
  await insertLeave(client, {
    ...{ id, organizationId: call.principal.organizationId, userId: person.id, createdBy: call.principal.userId },
    ...{ startsOn: starts_on, endsOn: ends_on, kind },
  });
  const leave = await requireLeave(change, id);
  const type = 'leave.granted';
  const event = newEvent<typeof type>({ ...eventFields(change, `users/${person.id}`), type, payload: idsOf(leave) });
  const affected = { people: [person], from: starts_on, to: ends_on };
  await tellChange(change, event, { before: null, after: leave }, affected);
  return leave;
}

function listLeavesRoute({ pool }: CalendarPorts): Route {
  return defineRoute(operations.listLeaves, async ({ principal, query }) => {
    const { user_id: userId = null, from = null, to = null, cursor, limit } = query;
    const before = cursor === undefined ? null : decodeListCursor(cursor, [cursorParts.uuid])[0];
    const rows = await withOrganization(pool, principal.organizationId, (client) =>
      listLeaves(client, { userId, from, to, before, limit: limit + 1 }),
    );
    const { page, nextCursor } = cutPage(rows, limit, ({ leave_id }) => [leave_id]);
    return reply(200, 'LEAVES_LISTED', 'Leaves.', page, { nextCursor });
  });
}

function withdrawLeaveRoute(ports: CalendarPorts): Route {
  return defineRoute(operations.withdrawLeave, async (call) => {
    const leave = await changeCalendar(ports, call, async (change) => {
      const { client, now } = change;
      const before = await lockLeave(client, call.params.leave_id.toLowerCase());
      if (before === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such leave.' });
      if (before.withdrawn_at !== null) throw new AppError('ALREADY_WITHDRAWN');
      refuse(dateProblems('/starts_on', before.starts_on, change.today));
      const after = await withdrawLeave(client, before.leave_id, now);
      const person = await requirePerson(client, before.user_id, { gone: true });
      const type = 'leave.withdrawn';
      const event = newEvent<typeof type>({
        ...eventFields(change, `users/${person.id}`),
        type,
        payload: idsOf(after),
      });
      const affected = { people: [person], from: before.starts_on, to: before.ends_on };
      await tellChange(change, event, { before, after }, affected);
      return after;
    });
    return reply(200, 'LEAVE_WITHDRAWN', 'The leave was taken back.', leave);
  });
}

function idsOf({ leave_id, user_id, starts_on, ends_on }: LeaveOut) {
  return { leave_id, user_id, starts_on, ends_on };
}

async function requireLeave({ client }: CalendarChange, id: string): Promise<LeaveOut> {
  const leave = await loadLeave(client, id);
  if (leave === undefined) throw new AppError('NOT_FOUND');
  return leave;
}
