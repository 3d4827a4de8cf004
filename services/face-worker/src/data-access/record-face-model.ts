import type { Pool } from '@rollcall/postgres';
import type { PipelineDescription } from '../pipeline/pipeline-messages.js';

/** Makes the model known to the database, which results and embeddings refer to. */
export async function recordFaceModel(pool: Pool, { model, synthetic }: PipelineDescription): Promise<void> {
  await pool.query(
    'insert into face_models (id, dimension, is_synthetic) values ($1, $2, $3) on conflict (id) do nothing',
    [model.id, model.dim, synthetic],
  );
}
