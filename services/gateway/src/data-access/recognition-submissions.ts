import type { Pool } from '@rollcall/postgres';
import type { RecognitionSubmission, SubmissionOutcome } from '../domain/recognition-submission.js';

/** Takes in frames of any organizations in one statement, which is its own transaction; results in order. */
export async function submitRecognitions(
  pool: Pool,
  items: readonly RecognitionSubmission[],
): Promise<readonly SubmissionOutcome[]> {
  const { rows } = await pool.query<{ outcomes: SubmissionOutcome[] }>({
    name: 'submit-recognitions',
    text: 'select submit_recognitions($1::jsonb) as outcomes',
    values: [JSON.stringify(items)],
  });
  return rows[0]?.outcomes ?? [];
}
