import type { ShiftAssignmentOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

interface AssignmentRow {
  readonly id: string;
  readonly user_id: string;
  readonly valid_from: string;
  readonly valid_until: string | null;
  readonly pattern: ShiftAssignmentOut['pattern'];
  readonly created_at: Date;
  readonly withdrawn_at: Date | null;
}

const columns = 'id, user_id, valid_from, valid_until, pattern, created_at, withdrawn_at';

export async function listShiftAssignments(
  client: ClientBase,
  { userId, before, limit }: { readonly userId: string | null; readonly before: string | null; readonly limit: number },
): Promise<ShiftAssignmentOut[]> {
  const { rows } = await client.query<AssignmentRow>(
    `select ${columns} from shift_assignments
     where ($1::uuid is null or user_id = $1) and ($2::uuid is null or id < $2) order by id desc limit $3`,
    [userId, before, limit],
  );
  return rows.map(toAssignmentOut);
}

export async function lockShiftAssignment(client: ClientBase, id: string): Promise<ShiftAssignmentOut | undefined> {
  const { rows } = await client.query<AssignmentRow>(
    `select ${columns} from shift_assignments where id = $1 for update`,
    [id],
  );
  return rows.map(toAssignmentOut)[0];
}

export async function loadShiftAssignment(client: ClientBase, id: string): Promise<ShiftAssignmentOut | undefined> {
  const { rows } = await client.query<AssignmentRow>(`select ${columns} from shift_assignments where id = $1`, [id]);
  return rows.map(toAssignmentOut)[0];
}

export interface NewShiftAssignment {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly validFrom: string;
  readonly validUntil: string | null;
  readonly pattern: ShiftAssignmentOut['pattern'];
  readonly createdBy: string;
}

export async function insertShiftAssignment(client: ClientBase, given: NewShiftAssignment): Promise<void> {
  await client.query(
    `insert into shift_assignments (id, organization_id, user_id, valid_from, valid_until, pattern, created_by)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      given.id,
      given.organizationId,
      given.userId,
      given.validFrom,
      given.validUntil,
      JSON.stringify(given.pattern),
      given.createdBy,
    ],
  );
}

export async function withdrawShiftAssignment(client: ClientBase, id: string, now: Date): Promise<ShiftAssignmentOut> {
  const { rows } = await client.query<AssignmentRow>(
    `update shift_assignments set withdrawn_at = $2 where id = $1 returning ${columns}`,
    [id, now],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an assignment just locked is not there');
  return toAssignmentOut(row);
}

function toAssignmentOut(row: AssignmentRow): ShiftAssignmentOut {
  return {
    assignment_id: row.id,
    user_id: row.user_id,
    valid_from: row.valid_from,
    valid_until: row.valid_until,
    pattern: row.pattern,
    created_at: row.created_at.toISOString(),
    withdrawn_at: row.withdrawn_at?.toISOString() ?? null,
  };
}
