import { newId } from '@rollcall/service-kit';
import { insertSettings, listSettings } from '../../../data-access/organization-config.js';
import { carryForward, versionsAfter } from '../../../domain/dated-versions.js';
import type { CalendarChange } from './change-calendar.js';

/** What is absent stays as it is on the date of the change. */
export interface SettingsChange {
  readonly timezone: string | undefined;
  readonly work_week: number[] | undefined;
}

/**
 * Writes time zone and work week from a date on; the first time with what held before, so that it keeps holding. Versions
 * of later dates are written anew where the change holds on in them.
 */
export async function writeSettings(
  { client, call, known, today }: CalendarChange,
  { timezone, work_week }: SettingsChange,
  validFrom: string,
): Promise<void> {
  const { organizationId, userId } = call.principal;
  const heldOn = (date: string) => ({
    timezone: known.policyOn(date).rules.timezone,
    work_week: [...known.workWeekOn(date)],
  });
  const versions = await listSettings(client, organizationId);
  let version = versions[0]?.version ?? 1;
  if (versions.length === 0) {
    await insertSettings(client, {
      ...{ id: newId(), organizationId, version, valid_from: '0001-01-01', ...heldOn(today) },
      ...{ createdBy: null, fromTheBeginning: true },
    });
  }
  const changed = { ...(timezone !== undefined && { timezone }), ...(work_week !== undefined && { work_week }) };
  const before = heldOn(validFrom);
  const carried = carryForward(before, changed, versionsAfter(versions, validFrom)).map((later) => ({
    ...{ valid_from: later.version.valid_from, timezone: later.version.timezone, work_week: later.version.work_week },
    ...later.fields,
  }));
  for (const settings of [...carried, { ...before, valid_from: validFrom, ...changed }]) {
    version += 1;
    await insertSettings(client, {
      ...{ id: newId(), organizationId, version, ...settings },
      ...{ createdBy: userId, fromTheBeginning: false },
    });
  }
}
