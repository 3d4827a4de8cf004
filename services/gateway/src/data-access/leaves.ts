import type { LeaveOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

interface LeaveRow {
  readonly id: string;
  readonly user_id: string;
  readonly starts_on: string;
  readonly ends_on: string;
  readonly until_time: string | null;
  readonly from_time: string | null;
  readonly kind: LeaveOut['kind'];
  readonly created_at: Date;
  readonly withdrawn_at: Date | null;
}

const columns = 'id, user_id, starts_on, ends_on, until_time, from_time, kind, created_at, withdrawn_at';

export interface LeaveFilter {
  readonly userId: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly before: string | null;
  readonly limit: number;
}

/** Leaves that touch the span, entered last first. */
export async function listLeaves(client: ClientBase, filter: LeaveFilter): Promise<LeaveOut[]> {
  const { rows } = await client.query<LeaveRow>(
    `select ${columns} from leaves
     where ($1::uuid is null or user_id = $1) and ($2::date is null or ends_on >= $2)
       and ($3::date is null or starts_on <= $3) and ($4::uuid is null or id < $4)
     order by id desc limit $5`,
    [filter.userId, filter.from, filter.to, filter.before, filter.limit],
  );
  return rows.map(toLeaveOut);
}

export async function loadLeave(client: ClientBase, id: string): Promise<LeaveOut | undefined> {
  const { rows } = await client.query<LeaveRow>(`select ${columns} from leaves where id = $1`, [id]);
  return rows.map(toLeaveOut)[0];
}

export async function lockLeave(client: ClientBase, id: string): Promise<LeaveOut | undefined> {
  const { rows } = await client.query<LeaveRow>(`select ${columns} from leaves where id = $1 for update`, [id]);
  return rows.map(toLeaveOut)[0];
}

export interface NewLeave {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly untilTime: string | null;
  readonly fromTime: string | null;
  readonly kind: LeaveOut['kind'];
  readonly createdBy: string;
}

export async function insertLeave(client: ClientBase, leave: NewLeave): Promise<void> {
  await client.query(
    `insert into leaves (id, organization_id, user_id, starts_on, ends_on, kind, created_by, until_time, from_time)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      ...[leave.id, leave.organizationId, leave.userId, leave.startsOn, leave.endsOn, leave.kind, leave.createdBy],
      ...[leave.untilTime, leave.fromTime],
    ],
  );
}

export async function withdrawLeave(client: ClientBase, id: string, now: Date): Promise<LeaveOut> {
  const { rows } = await client.query<LeaveRow>(
    `update leaves set withdrawn_at = $2 where id = $1 returning ${columns}`,
    [id, now],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a leave just locked is not there');
  return toLeaveOut(row);
}

function toLeaveOut(row: LeaveRow): LeaveOut {
  return {
    leave_id: row.id,
    user_id: row.user_id,
    starts_on: row.starts_on,
    ends_on: row.ends_on,
    until_time: row.until_time,
    from_time: row.from_time,
    kind: row.kind,
    created_at: row.created_at.toISOString(),
    withdrawn_at: row.withdrawn_at?.toISOString() ?? null,
  };
}
