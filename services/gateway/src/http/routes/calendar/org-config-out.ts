import { defaultWorkWeek, type OrgConfigOut } from '@rollcall/contracts';
import { addDays } from '@rollcall/attendance-rules';
import type { ClientBase } from '@rollcall/postgres';
import { listHolidays } from '../../../data-access/holidays.js';
import { listSettings, loadOrganization } from '../../../data-access/organization-config.js';
import { listShifts } from '../../../data-access/shifts.js';
import { versionOn, versionsAfter } from '../../../domain/dated-versions.js';

/** Ten years of a country with many. */
const MOST_HOLIDAYS = 500;

/** What config-org answers: the organization as it is on a date, and what is said of time zone and work week after it. */
export async function loadOrgConfig(client: ClientBase, organizationId: string, today: string): Promise<OrgConfigOut> {
  const organization = await loadOrganization(client, organizationId);
  const versions = await listSettings(client, organizationId);
  const settings = versionOn(versions, today);
  const year = { from: addDays(today, -366), to: null, after: null, limit: MOST_HOLIDAYS };
  return {
    organization_id: organization.id,
    slug: organization.slug,
    name: organization.name,
    timezone: settings?.timezone ?? organization.timezone,
    locale: organization.locale,
    work_week: settings?.work_week ?? [...defaultWorkWeek],
    valid_from: settings === undefined || settings.version === 1 ? null : settings.valid_from,
    upcoming: versionsAfter(versions, today).map(({ valid_from, timezone, work_week }) => ({
      ...{ valid_from, timezone, work_week },
    })),
    shifts: await listShifts(client, { after: null, limit: null }),
    holidays: await listHolidays(client, year),
    version: organization.version,
    updated_at: organization.updated_at.toISOString(),
  };
}
