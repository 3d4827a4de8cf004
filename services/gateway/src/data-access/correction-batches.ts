import type { ManualAttendanceVerdict } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';
import type { CorrectionBatch } from './corrections.js';

/** Keeps what a call was answered, for when it is repeated. */
export async function insertCorrectionBatch(
  client: ClientBase,
  { batchId, organizationId, createdBy }: CorrectionBatch,
  verdicts: readonly ManualAttendanceVerdict[],
): Promise<void> {
  await client.query({
    name: 'insert-correction-batch',
    text: 'insert into correction_batches (id, organization_id, verdicts, created_by) values ($1, $2, $3, $4)',
    values: [batchId, organizationId, JSON.stringify(verdicts), createdBy],
  });
}

export async function loadCorrectionBatch(client: ClientBase, batchId: string): Promise<ManualAttendanceVerdict[]> {
  const { rows } = await client.query<{ verdicts: ManualAttendanceVerdict[] }>({
    name: 'load-correction-batch',
    text: 'select verdicts from correction_batches where id = $1',
    values: [batchId],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('a batch whose key is known is not there');
  return row.verdicts;
}
