import type { HolidayCreate, HolidayOut } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { newId } from '@rollcall/service-kit';
import { insertHolidayVersion, loadHoliday } from '../../../data-access/holidays.js';
import { dateProblems } from '../../../domain/check-calendar.js';
import { eventFields, refuse, tellChange, type CalendarChange } from './change-calendar.js';

type StoredHoliday = Awaited<ReturnType<typeof loadHoliday>>;

/** Declares or renames a holiday; nothing is written when it is there by that name. */
export async function declareHoliday(
  change: CalendarChange,
  { holiday_on, name }: HolidayCreate,
  { id = newId(), path = '' }: { readonly id?: string; readonly path?: string } = {},
): Promise<{ readonly holiday: HolidayOut; readonly written: boolean }> {
  refuse(dateProblems(`${path}/holiday_on`, holiday_on, change.today));
  const before = await loadHoliday(change.client, holiday_on);
  if (before?.name === name.trim() && !before.withdrawn) return { holiday: present(before), written: false };
  const version = { id, before, date: holiday_on, name: name.trim(), withdrawn: false };
  return { holiday: await writeHoliday(change, version), written: true };
}

export async function writeHoliday(
  change: CalendarChange,
  given: {
    readonly id: string;
    readonly before: StoredHoliday;
    readonly date: string;
    readonly name: string;
    readonly withdrawn: boolean;
  },
): Promise<HolidayOut> {
  const { client, call } = change;
  const { before, withdrawn, ...version } = given;
  const stood = before !== undefined && !before.withdrawn;
  const after = await insertHolidayVersion(client, {
    ...{ ...version, withdrawn, version: (before?.version ?? 0) + 1 },
    ...{ organizationId: call.principal.organizationId, createdBy: call.principal.userId },
  });
  const type = 'holiday.changed';
  const event = newEvent<typeof type>({
    ...eventFields(change, `organizations/${call.principal.organizationId}`),
    type,
    payload: {
      holiday_on: given.date,
      version: after.version,
      change: withdrawn ? 'withdrawn' : stood ? 'renamed' : 'declared',
    },
  });
  const words = { before: stood ? present(before) : null, after: withdrawn ? null : after };
  // Another name makes no difference to anybody's day.
  const people = stood && !withdrawn ? [] : 'everybody';
  await tellChange(change, event, words, { people, from: given.date, to: given.date });
  return after;
}

function present({ holiday_on, name, version, created_at }: HolidayOut): HolidayOut {
  return { holiday_on, name, version, created_at };
}
