import type { Pool } from '@rollcall/postgres';
import type { EnrolledFace, GalleryKey } from '../gallery/gallery-source.js';
import { decodeEmbedding } from './decode-embedding.js';

/** Faces a read brings: 4 MB of embeddings of 512 numbers. */
const FACES_A_READ = 2_000;

interface FaceRow {
  readonly faiss_id: string;
  readonly face_id: string;
  readonly user_id: string;
  readonly embedding: Buffer;
  readonly key_id: string | null;
}

/** Ordered by the column, not by the text of the same name that is selected: by text, 10 comes before 9 and pages skip faces. */
const READ = `
  select faiss_id::text, id as face_id, user_id, embedding, key_id
  from face_embeddings
  where organization_id = $1 and model_id = $2 and faiss_id > $3::bigint
  order by face_embeddings.faiss_id
  limit $4`;

/** The next enrolled faces by `faiss_id`. */
export async function readGalleryFaces(pool: Pool, key: GalleryKey, afterFaissId: number): Promise<EnrolledFace[]> {
  const { rows } = await pool.query<FaceRow>({
    name: 'read-gallery-faces',
    text: READ,
    values: [key.organizationId, key.modelId, afterFaissId, FACES_A_READ],
  });
  return rows.map(({ faiss_id, face_id, user_id, embedding, key_id }) => ({
    faissId: Number(faiss_id),
    faceId: face_id,
    userId: user_id,
    embedding: decodeEmbedding(embedding, key_id),
  }));
}
