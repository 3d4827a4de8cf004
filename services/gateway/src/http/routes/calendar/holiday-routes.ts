import { operations } from '@rollcall/contracts';
import { withOrganization } from '@rollcall/postgres';
import { AppError, newId } from '@rollcall/service-kit';
import { listHolidays, loadHoliday, loadHolidayVersion } from '../../../data-access/holidays.js';
import { updateOrganization } from '../../../data-access/organization-config.js';
import { dateProblems } from '../../../domain/check-calendar.js';
import { cursorParts, cutPage, decodeListCursor } from '../../reading/list-cursor.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { bodyHash } from './body-hash.js';
import { changeCalendar, refuse, replayedId, type CalendarPorts } from './change-calendar.js';
import { declareHoliday, writeHoliday } from './write-holiday.js';

export function holidayRoutes(ports: CalendarPorts): Route[] {
  return [createHolidayRoute(ports), listHolidaysRoute(ports), withdrawHolidayRoute(ports)];
}

function createHolidayRoute(ports: CalendarPorts): Route {
  return defineRoute(operations.createHoliday, async (call) => {
    const { holiday, replayed } = await changeCalendar(ports, call, async (change) => {
      const { client, organization, now } = change;
      const id = newId();
      const claim = { route: operations.createHoliday.id, bodyHash: bodyHash(call.body.value), resultId: id };
      const known = await replayedId(change, claim);
      if (known !== undefined) {
        // The call may have found the holiday there already and made no version.
        const made = await loadHolidayVersion(client, known);
        const found = made ?? (await loadHoliday(client, call.body.value.holiday_on));
        if (found === undefined) throw noHoliday();
        const { holiday_on, name, version, created_at } = found;
        return { holiday: { holiday_on, name, version, created_at }, replayed: true };
      }
      const { holiday, written } = await declareHoliday(change, call.body.value, { id });
      if (written) await updateOrganization(client, organization, now);
      // Declared by that name before, by whichever call: this one did nothing.
      return { holiday, replayed: !written };
    });
    return reply(201, 'HOLIDAY_DECLARED', 'The date is a public holiday.', holiday, {
      headers: { ...(replayed && { 'Idempotency-Replayed': 'true' }) },
    });
  });
}

function listHolidaysRoute({ pool }: CalendarPorts): Route {
  return defineRoute(operations.listHolidays, async ({ principal, query }) => {
    const { from = null, to = null, cursor, limit } = query;
    const after = cursor === undefined ? null : decodeListCursor(cursor, [cursorParts.date])[0];
    const rows = await withOrganization(pool, principal.organizationId, (client) =>
      listHolidays(client, { from, to, after, limit: limit + 1 }),
    );
    const { page, nextCursor } = cutPage(rows, limit, ({ holiday_on }) => [holiday_on]);
    return reply(200, 'HOLIDAYS_LISTED', 'Holidays.', page, { nextCursor });
  });
}

function withdrawHolidayRoute(ports: CalendarPorts): Route {
  return defineRoute(operations.withdrawHoliday, async (call) => {
    const date = call.params.holiday_on;
    const holiday = await changeCalendar(ports, call, async (change) => {
      const before = await loadHoliday(change.client, date);
      if (before === undefined || before.withdrawn) throw noHoliday();
      refuse(dateProblems('/holiday_on', date, change.today));
      await updateOrganization(change.client, change.organization, change.now);
      return writeHoliday(change, { id: newId(), before, date, name: before.name, withdrawn: true });
    });
    return reply(200, 'HOLIDAY_WITHDRAWN', 'The date is a holiday no more.', holiday);
  });
}

function noHoliday(): AppError {
  return new AppError('NOT_FOUND', { message: 'There is no holiday on that date.' });
}
