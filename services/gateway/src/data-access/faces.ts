import type { FaceOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

/** The enrolled faces of a person, oldest first. */
export async function listFaces(client: ClientBase, userId: string): Promise<FaceOut[]> {
  const { rows } = await client.query<{
    id: string;
    user_id: string;
    model_id: string;
    quality: Record<string, unknown>;
    from_sighting: boolean;
    created_at: Date;
  }>({
    name: 'list-faces',
    text: `select id, user_id, model_id, quality, recognized_face_id is not null as from_sighting, created_at
           from face_embeddings where user_id = $1 order by created_at, id`,
    values: [userId],
  });
  return rows.map((row) => ({
    face_id: row.id,
    user_id: row.user_id,
    model: row.model_id,
    quality: row.quality,
    origin: row.from_sighting ? 'sighting' : 'registration',
    created_at: row.created_at.toISOString(),
  }));
}

/** The person a face belongs to; undefined when there is no such face. */
export async function findFaceOwner(client: ClientBase, faceId: string): Promise<string | undefined> {
  const { rows } = await client.query<{ user_id: string }>({
    name: 'find-face-owner',
    text: 'select user_id from face_embeddings where id = $1',
    values: [faceId],
  });
  return rows[0]?.user_id;
}

export interface FaceDeletion {
  readonly faceId: string;
  readonly eventId: string;
  readonly actor: string;
  readonly correlationId: string;
}

/** Erases a face in the organization of the transaction, with its event; false when it is not there (any more). */
export async function deleteFace(client: ClientBase, deletion: FaceDeletion): Promise<boolean> {
  const { rows } = await client.query<{ deleted: unknown }>({
    name: 'delete-face',
    text: 'select delete_face($1, $2, $3, $4) as deleted',
    values: [deletion.faceId, deletion.eventId, deletion.actor, deletion.correlationId],
  });
  const deleted = rows[0]?.deleted;
  return deleted !== null && deleted !== undefined && deleted !== false;
}
