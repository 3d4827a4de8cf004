import type { AttendancePolicyBody } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

export interface PolicyRow {
  readonly id: string;
  readonly version: number;
  readonly valid_from: string;
  readonly rules: Readonly<Record<string, unknown>>;
  readonly created_by: string | null;
  readonly created_at: Date;
}

const columns = 'id, version, valid_from, rules, created_by, created_at';

/** Versions of the policy below one, newest first. */
export async function listPolicyVersions(
  client: ClientBase,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<PolicyRow[]> {
  const { rows } = await client.query<PolicyRow>(
    `select ${columns} from policy_versions where $1::int is null or version < $1 order by version desc limit $2`,
    [before, limit],
  );
  return rows;
}

/** All versions, for working out which one holds. */
export function loadPolicyVersions(client: ClientBase): Promise<PolicyRow[]> {
  return listPolicyVersions(client, { before: null, limit: 10_000 });
}

export interface NewPolicyVersion {
  readonly id: string;
  readonly organizationId: string;
  readonly version: number;
  readonly validFrom: string;
  readonly rules: AttendancePolicyBody & { readonly timezone?: string };
  readonly createdBy: string;
}

export async function insertPolicyVersion(client: ClientBase, policy: NewPolicyVersion): Promise<PolicyRow> {
  const { rows } = await client.query<PolicyRow>(
    `insert into policy_versions (id, organization_id, version, valid_from, rules, created_by)
     values ($1, $2, $3, $4, $5, $6) returning ${columns}`,
    [
      policy.id,
      policy.organizationId,
      policy.version,
      policy.validFrom,
      JSON.stringify(policy.rules),
      policy.createdBy,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a policy version just added is not there');
  return row;
}
