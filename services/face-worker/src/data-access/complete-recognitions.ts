import type { Pool } from '@rollcall/postgres';
import type { RecognitionResult } from '../requests/recognize-frame.js';

/** What the database did with one result. */
export interface WrittenAnswer {
  readonly status: 'completed' | 'stale' | 'lost';
  readonly staleFaces: readonly number[];
}

interface AnswerRow {
  readonly status: WrittenAnswer['status'];
  readonly stale_faces: readonly number[];
}

/** Writes the results of several frames in one transaction; an answer for each, in the same order. */
export async function completeRecognitions(
  pool: Pool,
  workerId: string,
  results: readonly RecognitionResult[],
): Promise<WrittenAnswer[]> {
  const { rows } = await pool.query<{ answers: readonly AnswerRow[] }>({
    name: 'complete-recognitions',
    text: 'select complete_recognitions($1::uuid, $2::jsonb) as answers',
    values: [workerId, JSON.stringify(results)],
  });
  return rows[0]?.answers.map(({ status, stale_faces }) => ({ status, staleFaces: stale_faces })) ?? [];
}
