import type { Pool } from '@rollcall/postgres';
import { recognitionItem, type RecognitionItem } from './recognition-item.js';

type Source = Parameters<typeof recognitionItem>[0];

/** Puts a frame into the queue as the gateway does. `gateway` is the gateway's pool of a test database. */
export async function submitRecognition(
  gateway: Pool,
  source: Source,
  given: Partial<RecognitionItem> = {},
): Promise<RecognitionItem> {
  const item = recognitionItem(source, given);
  const sql = `select answer ->> 'status' as status from jsonb_array_elements(submit_recognitions($1::jsonb)) as answer`;
  const { rows } = await gateway.query<{ status: string }>(sql, [JSON.stringify([item])]);
  if (rows[0]?.status !== 'created') throw new Error(`the frame was not taken: ${rows[0]?.status ?? 'no answer'}`);
  return item;
}
