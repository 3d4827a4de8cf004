import type { OrgConfigOut, OrgConfigUpdate } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { AppError } from '@rollcall/service-kit';
import { v7 as uuidV7 } from 'uuid';
import { insertSettings, loadNewestSettings, updateOrganization } from '../../../data-access/organization-config.js';
import { loadShift } from '../../../data-access/shifts.js';
import { dateProblems, earliestDate, localeProblems, timezoneProblems } from '../../../domain/check-calendar.js';
import { eventFields, refuse, tellChange, type CalendarChange } from './change-calendar.js';
import { loadOrgConfig } from './org-config-out.js';
import { declareHoliday } from './write-holiday.js';
import { differs, writeShift } from './write-shift.js';

const plainFields = ['name', 'timezone', 'locale', 'work_week'] as const;

/**
 * Does what a body of config-org says; what is so already is left alone. A body that changes nothing makes no version.
 *
 * @param options.whole the organization was set up as a whole: that stands in the trail also when all of it was so.
 */
export async function configureOrganization(
  change: CalendarChange,
  body: OrgConfigUpdate,
  options: { readonly whole: boolean },
): Promise<OrgConfigOut> {
  const { client, organization, now, today } = change;
  const wanted = readBody(change, body);
  const validFrom = body.valid_from ?? today;
  const before = await loadOrgConfig(client, organization.id, today);
  const changed: ((typeof plainFields)[number] | 'shifts' | 'holidays')[] = plainFields.filter(
    (field) => wanted[field] !== undefined && JSON.stringify(wanted[field]) !== JSON.stringify(before[field]),
  );
  if (await configureShifts(change, body)) changed.push('shifts');
  if (await configureHolidays(change, body.holidays ?? [])) changed.push('holidays');
  if (changed.length === 0 && !options.whole) return before;
  const { name = before.name, timezone = before.timezone, locale = before.locale } = wanted;
  const written = { id: organization.id, name, timezone, locale };
  const version = changed.length === 0 ? before.version : await updateOrganization(client, written, now);
  const recounts = changed.includes('timezone') || changed.includes('work_week');
  if (recounts) {
    await writeSettings(change, { timezone, work_week: wanted.work_week ?? before.work_week, validFrom, before });
  }
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
    if (before !== undefined && !differs(before, fields)) continue;
    // Nobody has worked a new one yet: it holds for whatever date somebody is assigned from.
    const validFrom = valid_from ?? (before === undefined ? earliestDate(change.today) : change.today);
    await writeShift(change, { shiftId: before?.shift_id ?? uuidV7(), before, fields, validFrom, path });
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

/** Writes time zone and work week from a date on; the first time with what held before, so that it keeps holding. */
async function writeSettings(
  { client, call, known, today }: CalendarChange,
  given: {
    readonly timezone: string;
    readonly work_week: number[];
    readonly validFrom: string;
    readonly before: OrgConfigOut;
  },
): Promise<void> {
  const { organizationId, userId } = call.principal;
  const newest = await loadNewestSettings(client, organizationId);
  if (newest === undefined) {
    const { timezone } = known.policyOn(today).rules;
    const { work_week } = given.before;
    await insertSettings(client, {
      ...{ id: uuidV7(), organizationId, version: 1, valid_from: '0001-01-01', timezone, work_week },
      ...{ createdBy: null, fromTheBeginning: true },
    });
  }
  await insertSettings(client, {
    ...{ id: uuidV7(), organizationId, version: (newest?.version ?? 1) + 1, valid_from: given.validFrom },
    ...{ timezone: given.timezone, work_week: given.work_week, createdBy: userId, fromTheBeginning: false },
  });
}

/** Before and after for the trail; shifts and holidays have lines of their own. */
function wordsOf(before: OrgConfigOut, after: OrgConfigOut) {
  const words = ({ name, timezone, locale, work_week, valid_from }: OrgConfigOut) => ({
    ...{ name, timezone, locale, work_week, valid_from },
  });
  return { before: words(before), after: words(after) };
}
