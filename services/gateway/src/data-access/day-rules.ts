import type { DayRules } from '@rollcall/attendance-rules';
import { resolveAttendancePolicyRules } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

interface PolicyRow {
  readonly timezone: string;
  readonly valid_from: string | null;
  readonly rules: Readonly<Record<string, unknown>> | null;
}

/** By which time zone and cut-off a work date (YYYY-MM-DD) of the organization of the transaction is meant. */
export async function loadDayRules(
  client: ClientBase,
  organizationId: string,
): Promise<(workDate: string) => DayRules> {
  const { rows } = await client.query<PolicyRow>({
    name: 'load-day-rules',
    text: `select o.timezone, p.valid_from, p.rules
           from organizations o left join policy_versions p on p.organization_id = o.id
           where o.id = $1 order by p.valid_from desc nulls last, p.version desc`,
    values: [organizationId],
  });
  const timezone = rows[0]?.timezone ?? 'UTC';
  return (workDate) => {
    const inForce = rows.find(({ valid_from }) => valid_from !== null && valid_from <= workDate);
    return resolveAttendancePolicyRules({ timezone, ...inForce?.rules });
  };
}
