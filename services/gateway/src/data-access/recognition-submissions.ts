import { randomBytes } from 'node:crypto';
import type { Pool } from '@rollcall/postgres';
import type { RecognitionSubmission, SubmissionOutcome } from '../domain/recognition-submission.js';
import { SALT_BYTES } from './audit-details.js';

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

/** The same for frames that people sent: each that is taken in leaves an event and the words of its `trail`. */
export async function submitPeopleFrames(
  pool: Pool,
  items: readonly RecognitionSubmission[],
): Promise<readonly SubmissionOutcome[]> {
  const salted = items.map(({ trail, ...item }) => ({
    ...item,
    trail: { ...trail, salt: randomBytes(SALT_BYTES).toString('hex') },
  }));
  const { rows } = await pool.query<{ outcomes: SubmissionOutcome[] }>({
    name: 'submit-people-frames',
    text: 'select submit_people_frames($1::jsonb) as outcomes',
    values: [JSON.stringify(salted)],
  });
  return rows[0]?.outcomes ?? [];
}
