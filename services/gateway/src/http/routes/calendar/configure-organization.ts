import type { OrgConfigOut, OrgConfigUpdate } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { AppError, newId } from '@rollcall/service-kit';
import { updateOrganization } from '../../../data-access/organization-config.js';
import { loadShift } from '../../../data-access/shifts.js';
import { dateProblems, earliestDate, localeProblems, timezoneProblems } from '../../../domain/check-calendar.js';
import { isSame } from '../../../domain/dated-versions.js';
import { eventFields, refuse, tellChange, type CalendarChange } from './change-calendar.js';
import { loadOrgConfig } from './org-config-out.js';
import { declareHoliday } from './write-holiday.js';
import { writeSettings } from './write-settings.js';
import { differs, writeShift } from './write-shift.js';

const plainFields = ['name', 'timezone', 'locale', 'work_week'] as const;

/**
 * Does what a body of config-org says; what is so already is left alone. A body that changes nothing makes no version.
 * Time zone and work week change against what holds on the date of the change.
 *
 * @param options.whole the organization was set up as a whole: that stands in the trail also when all of it was so.
 */
export async function configureOrganization(
  change: CalendarChange,
  body: OrgConfigUpdate,
  options: { readonly whole: boolean },
): Promise<OrgConfigOut> {
  const { client, organization, known, now, today } = change;
  const wanted = readBody(change, body);
  const validFrom = body.valid_from ?? today;
  const before = await loadOrgConfig(client, organization.id, today);
  const held = {
    ...{ name: before.name, locale: before.locale },
    ...{ timezone: known.policyOn(validFrom).rules.timezone, work_week: known.workWeekOn(validFrom) },
  };
  const changed: ((typeof plainFields)[number] | 'shifts' | 'holidays')[] = plainFields.filter(
    (field) => wanted[field] !== undefined && !isSame(wanted[field], held[field]),
  );
  if (await configureShifts(change, body)) changed.push('shifts');
  if (await configureHolidays(change, body.holidays ?? [])) changed.push('holidays');
  if (changed.length === 0 && !options.whole) return before;
  const { name = before.name, locale = before.locale } = wanted;
  const timezone = changed.includes('timezone') ? wanted.timezone : undefined;
  const work_week = changed.includes('work_week') ? wanted.work_week : undefined;
  const written = { id: organization.id, name, timezone: timezone ?? organization.timezone, locale };
  const version = changed.length === 0 ? before.version : await updateOrganization(client, written, now);
  const recounts = timezone !== undefined || work_week !== undefined;
  if (recounts) await writeSettings(change, { timezone, work_week }, validFrom);
  const after = await loadOrgConfig(client, organization.id, today);
  const type = 'organization.configured';
  const event = newEvent<typeof type>({
    ...eventFields(change, `organizations/${organization.id}`),
    type,
    payload: { version, changed, valid_from: recounts ? validFrom : null },
  });
  const people = recounts ? 'everybody' : [];
  await tellChange(change, event, wordsOf(before, after), { people, from: validFrom, to: null });
  return after;
}

function readBody({ today }: CalendarChange, body: OrgConfigUpdate) {
  refuse([
    ...(body.timezone === undefined ? [] : timezoneProblems(body.timezone)),
    ...(body.locale === undefined ? [] : localeProblems(body.locale)),
    ...(body.valid_from === undefined ? [] : dateProblems('/valid_from', body.valid_from, today)),
  ]);
  return {
    name: body.name?.trim(),
    timezone: body.timezone,
    locale: body.locale === undefined ? undefined : Intl.getCanonicalLocales(body.locale)[0],
    work_week: body.work_week?.toSorted((a, b) => a - b),
  };
}

async function configureShifts(change: CalendarChange, { shifts = [], valid_from }: OrgConfigUpdate): Promise<boolean> {
  let changed = false;
  for (const [index, { shift_id, ...fields }] of shifts.entries()) {
    const path = `/shifts/${index}`;
    const before = shift_id === undefined ? undefined : await loadShift(change.client, shift_id);
    if (shift_id !== undefined && before === undefined) {
      throw new AppError('NOT_FOUND', {
        message: 'There is no such shift.',
        errors: [{ path: `${path}/shift_id`, code: 'NOT_FOUND', message: 'is no shift' }],
      });
    }
    // Nobody has worked a new one yet: it holds for whatever date somebody is assigned from.
    const validFrom = valid_from ?? (before === undefined ? earliestDate(change.today) : change.today);
    const write = { shiftId: before?.shift_id ?? newId(), before, fields, validFrom, path };
    if (before !== undefined && !(await differs(change, write))) continue;
    await writeShift(change, write);
    changed = true;
  }
  return changed;
}

async function configureHolidays(
  change: CalendarChange,
  holidays: NonNullable<OrgConfigUpdate['holidays']>,
): Promise<boolean> {
  let changed = false;
  for (const [index, holiday] of holidays.entries()) {
    const { written } = await declareHoliday(change, holiday, { path: `/holidays/${index}` });
    changed ||= written;
  }
  return changed;
}

/** Before and after for the trail; shifts and holidays have lines of their own. */
function wordsOf(before: OrgConfigOut, after: OrgConfigOut) {
  const words = ({ name, timezone, locale, work_week, valid_from, upcoming }: OrgConfigOut) => ({
    ...{ name, timezone, locale, work_week, valid_from, upcoming },
  });
  return { before: words(before), after: words(after) };
}
