import type { FaceOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

/** Where a list of faces goes on: after the face that was made then. Microseconds since 1970. */
export interface FacePlace {
  readonly createdAtUs: string;
  readonly faceId: string;
}

/** Enrolled faces of a person after a place, oldest first. */
export async function listFaces(
  client: ClientBase,
  { userId, after, limit }: { readonly userId: string; readonly after: FacePlace | null; readonly limit: number },
): Promise<{ readonly face: FaceOut; readonly place: FacePlace }[]> {
  const { rows } = await client.query<{
    id: string;
    user_id: string;
    model_id: string;
    quality: Record<string, unknown>;
    from_sighting: boolean;
    created_at: Date;
    created_at_us: string;
  }>({
    name: 'list-faces',
    text: `select id, user_id, model_id, quality, recognized_face_id is not null as from_sighting, created_at,
             (extract(epoch from created_at) * 1000000)::bigint as created_at_us
           from face_embeddings
           where user_id = $1 and ($2::bigint is null or
             (created_at, id) > (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3::uuid))
           order by created_at, id limit $4`,
    values: [userId, after?.createdAtUs ?? null, after?.faceId ?? null, limit],
  });
  return rows.map((row) => ({
    face: {
      face_id: row.id,
      user_id: row.user_id,
      model: row.model_id,
      quality: row.quality,
      origin: row.from_sighting ? 'sighting' : 'registration',
      created_at: row.created_at.toISOString(),
    },
    place: { createdAtUs: row.created_at_us, faceId: row.id },
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
