import type { Pool } from '@rollcall/postgres';
import type { GalleryKey, RejectedMatch } from '../gallery/gallery-source.js';
import { decodeEmbedding } from './decode-embedding.js';

interface RejectedRow {
  readonly user_id: string;
  readonly embedding: Buffer;
  readonly key_id: string | null;
}

/** Faces that operators said are not the person they were offered as: 2,000 at most, see reject_review(). */
export async function readRejectedMatches(pool: Pool, key: GalleryKey): Promise<RejectedMatch[]> {
  const { rows } = await pool.query<RejectedRow>({
    name: 'read-rejected-matches',
    text: 'select user_id, embedding, key_id from rejected_matches where organization_id = $1 and model_id = $2',
    values: [key.organizationId, key.modelId],
  });
  return rows.map(({ user_id, embedding, key_id }) => ({
    userId: user_id,
    embedding: decodeEmbedding(embedding, key_id),
  }));
}
