import type { Pool } from '@rollcall/postgres';
import { v7 as uuidV7 } from 'uuid';

export interface BuiltFace {
  readonly id: string;
  readonly userId: string;
  readonly modelId: string;
  readonly galleryVersion: number;
  readonly objectKey: string;
}

export const TEST_MODEL = 'test-model';

/** An enrolled face as a completed registration leaves it, in the gallery of TEST_MODEL unless given otherwise. */
export async function buildFace(
  owner: Pool,
  user: { readonly id: string; readonly organizationId: string },
  given: { readonly embedding?: Float32Array; readonly modelId?: string } = {},
): Promise<BuiltFace> {
  const modelId = given.modelId ?? TEST_MODEL;
  const embedding = given.embedding ?? unitVector(512, 0);
  const [id, imageId] = [uuidV7(), uuidV7()];
  const objectKey = `${user.organizationId}/2025-03/${imageId}`;
  await owner.query('insert into face_models (id, dimension) values ($1, $2) on conflict (id) do nothing', [
    modelId,
    embedding.length,
  ]);
  await owner.query(
    `insert into face_images (id, organization_id, user_id, registration_id, image_index, object_key, sha256, content_type, byte_size, width, height)
     values ($1, $2, $3, $4, 0, $5, '\\x00', 'image/jpeg', 1, 1, 1)`,
    [imageId, user.organizationId, user.id, uuidV7(), objectKey],
  );
  const bytes = Buffer.from(embedding.buffer, embedding.byteOffset, embedding.byteLength).toString('base64');
  const faces = [{ face_id: id, face_image_id: imageId, embedding: bytes, quality: {} }];
  const { rows } = await owner.query<{ version: string }>('select add_faces($1, $2, $3, $4::jsonb) as version', [
    user.organizationId,
    user.id,
    modelId,
    JSON.stringify(faces),
  ]);
  return { id, userId: user.id, modelId, galleryVersion: Number(rows[0]?.version), objectKey };
}

/** The unit vector along one axis: such vectors of different axes have similarity 0. */
export function unitVector(dimension: number, axis: number): Float32Array {
  const vector = new Float32Array(dimension);
  vector[axis] = 1;
  return vector;
}
