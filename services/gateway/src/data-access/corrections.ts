import type { CorrectionOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

export interface NewCorrection {
  readonly id: string;
  readonly userId: string;
  readonly workDate: string;
  readonly checkInAt: Date | null;
  readonly checkOutAt: Date | null;
  readonly status: CorrectionOut['status'];
  readonly reason: string;
  /** The event that tells of it. */
  readonly eventId: string;
}

export interface CorrectionBatch {
  readonly batchId: string;
  readonly organizationId: string;
  readonly createdBy: string;
}

/** Writes entries by hand, in one statement. */
export async function insertCorrections(
  client: ClientBase,
  { batchId, organizationId, createdBy }: CorrectionBatch,
  corrections: readonly NewCorrection[],
): Promise<void> {
  if (corrections.length === 0) return;
  const rows = corrections.map((correction) => ({
    id: correction.id,
    user_id: correction.userId,
    work_date: correction.workDate,
    check_in_at: correction.checkInAt,
    check_out_at: correction.checkOutAt,
    status: correction.status,
    reason: correction.reason,
    event_id: correction.eventId,
  }));
  await client.query({
    name: 'insert-corrections',
    text: `insert into attendance_corrections
             (id, organization_id, user_id, work_date, check_in_at, check_out_at, status, reason, created_by, batch_id, event_id)
           select c.id, $2, c.user_id, c.work_date, c.check_in_at, c.check_out_at, c.status, c.reason, $3, $4, c.event_id
           from jsonb_to_recordset($1::jsonb) as c
             (id uuid, user_id uuid, work_date date, check_in_at timestamptz, check_out_at timestamptz, status text,
              reason text, event_id uuid)`,
    values: [JSON.stringify(rows), organizationId, createdBy, batchId],
  });
}

const COLUMNS = `id, user_id, work_date, check_in_at, check_out_at, status, reason, created_by, created_at, withdrawn_by,
  withdrawn_at, withdrawal_reason`;

export interface CorrectionFilter {
  readonly userId: string | null;
  readonly from: string | null;
  readonly to: string | null;
  /** true: only those that stand; false: only those withdrawn; null: all. */
  readonly standing: boolean | null;
  /** Id of the last entry of the page before. */
  readonly before: string | null;
  readonly limit: number;
}

/** Entries, newest first: their ids are in the order of their making. */
export async function listCorrections(client: ClientBase, filter: CorrectionFilter): Promise<CorrectionOut[]> {
  const { rows } = await client.query<CorrectionRow>({
    name: 'list-corrections',
    text: `select ${COLUMNS} from attendance_corrections
           where ($1::uuid is null or user_id = $1)
             and ($2::date is null or work_date >= $2) and ($3::date is null or work_date <= $3)
             and ($4::boolean is null or (withdrawn_at is null) = $4)
             and ($5::uuid is null or id < $5)
           order by id desc limit $6`,
    values: [filter.userId, filter.from, filter.to, filter.standing, filter.before, filter.limit],
  });
  return rows.map(toCorrectionOut);
}

/** An entry, held until the end of the transaction; undefined when there is none. */
export async function lockCorrection(client: ClientBase, id: string): Promise<CorrectionOut | undefined> {
  const { rows } = await client.query<CorrectionRow>({
    name: 'lock-correction',
    text: `select ${COLUMNS} from attendance_corrections where id = $1 for update`,
    values: [id],
  });
  return rows[0] && toCorrectionOut(rows[0]);
}

export interface Withdrawal {
  readonly correctionId: string;
  readonly withdrawnBy: string;
  readonly reason: string;
  readonly eventId: string;
}

export async function withdrawCorrection(client: ClientBase, withdrawal: Withdrawal): Promise<CorrectionOut> {
  const { rows } = await client.query<CorrectionRow>({
    name: 'withdraw-correction',
    text: `update attendance_corrections
           set withdrawn_by = $2, withdrawn_at = now(), withdrawal_reason = $3, withdrawal_event_id = $4
           where id = $1 returning ${COLUMNS}`,
    values: [withdrawal.correctionId, withdrawal.withdrawnBy, withdrawal.reason, withdrawal.eventId],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('an entry that was locked is gone');
  return toCorrectionOut(row);
}

interface CorrectionRow {
  readonly id: string;
  readonly user_id: string;
  readonly work_date: string;
  readonly check_in_at: Date | null;
  readonly check_out_at: Date | null;
  readonly status: CorrectionOut['status'];
  readonly reason: string;
  readonly created_by: string;
  readonly created_at: Date;
  readonly withdrawn_by: string | null;
  readonly withdrawn_at: Date | null;
  readonly withdrawal_reason: string | null;
}

function toCorrectionOut(row: CorrectionRow): CorrectionOut {
  const { id, check_in_at, check_out_at, created_at, withdrawn_at, ...rest } = row;
  return {
    correction_id: id,
    ...rest,
    check_in_at: check_in_at?.toISOString() ?? null,
    check_out_at: check_out_at?.toISOString() ?? null,
    created_at: created_at.toISOString(),
    withdrawn_at: withdrawn_at?.toISOString() ?? null,
  };
}
