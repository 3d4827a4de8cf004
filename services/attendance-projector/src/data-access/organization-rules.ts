import { defaultAttendancePolicyRules, resolveAttendancePolicyRules } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';
import type { PolicyVersion } from '../domain/attendance.js';
import type { OrganizationRules } from '../domain/organization-rules.js';

/** Rules with the mark by which `loadPersonDays` tells that they still are the ones stored. */
export interface StampedRules {
  readonly rules: OrganizationRules;
  readonly stamp: string;
}

/** Policy versions are only ever added, so their count with the time zone is as good as a version of them all. */
export const rulesStamp = `o.timezone || ' ' || (select count(*) from policy_versions p where p.organization_id = o.id)`;

/**
 * The policy versions of an organization. A version that names no time zone has the organization's. Before the first
 * version the defaults hold, so that an organization without any still gets records.
 */
export async function loadOrganizationRules(
  client: Pick<ClientBase, 'query'>,
  organizationId: string,
): Promise<StampedRules> {
  const { rows } = await client.query<OrganizationRow>({
    name: 'load-organization-rules',
    text: `select o.timezone, ${rulesStamp} as stamp,
             (
               select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'version', p.version, 'valid_from', p.valid_from,
                                                            'rules', p.rules, 'created_at', p.created_at)), '[]')
               from policy_versions p where p.organization_id = o.id
             ) as policies
           from organizations o where o.id = $1`,
    values: [organizationId],
  });
  const timezone = rows[0]?.timezone ?? defaultAttendancePolicyRules.timezone;
  const versions = (rows[0]?.policies ?? []).map((policy) => toPolicyVersion(policy, timezone));
  return { rules: { organizationId, policies: [presetPolicy(timezone), ...versions] }, stamp: rows[0]?.stamp ?? '' };
}

interface OrganizationRow {
  readonly timezone: string;
  readonly stamp: string;
  readonly policies: readonly PolicyRow[];
}

interface PolicyRow {
  readonly id: string;
  readonly version: number;
  readonly valid_from: string;
  readonly rules: Readonly<Record<string, unknown>>;
  readonly created_at: string;
}

function toPolicyVersion(row: PolicyRow, timezone: string): PolicyVersion {
  return {
    id: row.id,
    version: row.version,
    validFrom: row.valid_from,
    rules: resolveAttendancePolicyRules({ timezone, ...row.rules }),
    createdAt: new Date(row.created_at),
  };
}

function presetPolicy(timezone: string): PolicyVersion {
  return {
    id: null,
    version: 0,
    validFrom: '0001-01-01',
    rules: { ...defaultAttendancePolicyRules, timezone },
    createdAt: new Date(0),
  };
}
