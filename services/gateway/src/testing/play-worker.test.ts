import type { ImageVerdict } from '@rollcall/contracts';
import type { TestDatabase } from '@rollcall/testkit';
import { recognitionResult, type RecognitionResult, type ResultFace } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';

/** What the face worker does, without looking at pixels: claims what waits and writes the given results. */

const worker = uuidV7();

/** Ends every queued frame with the same faces. */
export async function completeFrames(
  { system }: Pick<TestDatabase, 'system'>,
  faces: (recognitionId: string) => readonly ResultFace[] = () => [],
  given: Partial<RecognitionResult> = {},
): Promise<string[]> {
  const claim = "select id from claim_recognitions($1, 100, '60 s')";
  const { rows } = await system.query<{ id: string }>(claim, [worker]);
  const results = rows.map(({ id }) =>
    recognitionResult(id, faces(id), { model_id: null, gallery_version: null, ...given }),
  );
  await system.query('select complete_recognitions($1, $2::jsonb)', [worker, JSON.stringify(results)]);
  return rows.map(({ id }) => id);
}

export async function failFrames({ system }: Pick<TestDatabase, 'system'>, reason: string): Promise<void> {
  const { rows } = await system.query<{ id: string }>("select id from claim_recognitions($1, 100, '60 s')", [worker]);
  for (const { id } of rows) {
    await system.query("select fail_request($1, 'recognition', $2, $3, $4, false)", [worker, id, reason, uuidV7()]);
  }
}

export async function failRegistrations({ system }: Pick<TestDatabase, 'system'>, reason: string): Promise<void> {
  const { rows } = await system.query<{ id: string }>("select id from claim_registrations($1, 100, '60 s')", [worker]);
  for (const { id } of rows) {
    await system.query("select fail_request($1, 'registration', $2, $3, $4, false)", [worker, id, reason, uuidV7()]);
  }
}

export interface RegistrationVerdict {
  /** Images that are good, by position; the others are rejected as blurred. */
  readonly good: readonly number[];
}

/** Ends every queued enrolment. */
export async function completeRegistrations(
  { system }: Pick<TestDatabase, 'system'>,
  { good }: RegistrationVerdict,
): Promise<void> {
  await system.query("insert into face_models (id, dimension) values ('test-model', 512) on conflict do nothing");
  const claim = "select id, images from claim_registrations($1, 100, '60 s')";
  const { rows } = await system.query<{ id: string; images: { index: number }[] }>(claim, [worker]);
  for (const { id, images } of rows) {
    const result = {
      registration_id: id,
      event_id: uuidV7(),
      actor: 'system:face-worker',
      model_id: 'test-model',
      model_dimension: 512,
      synthetic: false,
      min_good: 3,
      accepted: images
        .filter(({ index }) => good.includes(index))
        .map(({ index }) => ({
          face_id: uuidV7(),
          face_image_id: uuidV7(),
          image_index: index,
          embedding: Buffer.alloc(512 * 4, 1).toString('base64'),
          quality: { blur: 200 },
        })),
      rejected: images
        .filter(({ index }) => !good.includes(index))
        .map(({ index }) => ({ image_index: index, code: 'BLURRED', message: 'The face is not sharp enough.' })),
    };
    await system.query('select complete_registration($1, $2::jsonb)', [worker, JSON.stringify(result)]);
  }
}

/** Gives every uploaded image that waits the same verdict; null: it cannot be judged. */
export async function completeUploads(
  { system }: Pick<TestDatabase, 'system'>,
  verdict: ImageVerdict | null,
): Promise<number> {
  const claim = "select id from claim_uploaded_images($1, 100, '60 s')";
  const { rows } = await system.query<{ id: string }>(claim, [worker]);
  const written = verdict === null ? null : JSON.stringify(verdict);
  for (const { id } of rows) {
    await system.query("select complete_uploaded_image($1, $2, $3::jsonb, 'PIPELINE_CRASHED', false, false)", [
      ...[worker, id, written],
    ]);
  }
  return rows.length;
}
