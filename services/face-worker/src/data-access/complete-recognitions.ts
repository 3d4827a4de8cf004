import type { Pool } from '@rollcall/postgres';
import type { RecognitionResult } from '../requests/recognize-frame.js';

export type WrittenStatus = 'completed' | 'stale' | 'lost';

/** Writes the results of several frames in one transaction; a status for each, in the same order. */
export async function completeRecognitions(
  pool: Pool,
  workerId: string,
  results: readonly RecognitionResult[],
): Promise<WrittenStatus[]> {
  const { rows } = await pool.query<{ answers: readonly { readonly status: WrittenStatus }[] }>({
    name: 'complete-recognitions',
    text: 'select complete_recognitions($1::uuid, $2::jsonb) as answers',
    values: [workerId, JSON.stringify(results)],
  });
  return rows[0]?.answers.map(({ status }) => status) ?? [];
}
