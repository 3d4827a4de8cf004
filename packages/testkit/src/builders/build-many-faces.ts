import type { Pool } from '@rollcall/postgres';
import { v7 as uuidV7 } from 'uuid';

export interface ManyFaces {
  readonly organizationId: string;
  readonly userId: string;
  readonly modelId: string;
  readonly dimension: number;
  readonly faces: number;
}

const PORTION = 2_000;

/** Enrols many made-up faces of one person: vectors of directions that look random, the same each time, like nobody else. */
export async function buildManyFaces(owner: Pool, given: ManyFaces): Promise<void> {
  const { organizationId, userId, modelId, dimension, faces } = given;
  let state = 1;
  const next = (): number => {
    // Numerical Recipes' linear congruential generator, modulo 2^32.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  for (let done = 0; done < faces; done += PORTION) {
    const portion = Array.from({ length: Math.min(PORTION, faces - done) }, () => ({
      face_id: uuidV7(),
      face_image_id: uuidV7(),
      embedding: base64Of(unit(Float32Array.from({ length: dimension }, next))),
      quality: {},
    }));
    const text = JSON.stringify(portion);
    await owner.query(
      `insert into face_images (id, organization_id, user_id, registration_id, image_index, object_key, sha256, content_type, byte_size, width, height)
       select face.face_image_id, $2::uuid, $3, $4, 0, $2::uuid::text || '/2025-03/' || face.face_image_id, '\\x00', 'image/jpeg', 1, 1, 1
       from jsonb_to_recordset($1::jsonb) as face (face_image_id uuid)`,
      [text, organizationId, userId, uuidV7()],
    );
    await owner.query('select add_faces($1, $2, $3, $4::jsonb)', [organizationId, userId, modelId, text]);
  }
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function base64Of({ buffer, byteOffset, byteLength }: Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
