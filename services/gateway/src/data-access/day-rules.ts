import { loadOrganizationCalendar } from '@rollcall/attendance-data';
import { endOfLog, knownCalendar, type DayRules } from '@rollcall/attendance-rules';
import type { ClientBase } from '@rollcall/postgres';

/** By which time zone and cut-off a work date (YYYY-MM-DD) of the organization of the transaction is meant. */
export async function loadDayRules(
  client: ClientBase,
  organizationId: string,
): Promise<(workDate: string) => DayRules> {
  const { calendar } = await loadOrganizationCalendar(client, organizationId);
  const known = knownCalendar(calendar, endOfLog);
  return (workDate) => known.policyOn(workDate).rules;
}
