import type { UnknownFaceOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';
import type { EnrollableSighting } from '../domain/choose-sightings-to-enrol.js';

export interface UnknownFaceFilter {
  /** Place of the last group of the page before. */
  readonly before: { readonly lastSeenMicros: string; readonly id: string } | null;
  readonly limit: number;
}

interface UnknownFaceRow {
  readonly id: string;
  readonly sighting_count: number;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly last_seen_micros: string;
  readonly best_review_id: string;
  readonly has_crop: boolean;
  readonly model_id: string;
}

/** A group, and its place in the list. */
export interface ListedUnknownFace {
  readonly face: UnknownFaceOut;
  readonly lastSeenMicros: string;
}

/** Groups of look-alike strangers, the ones seen last first. */
export async function listUnknownFaces(client: ClientBase, filter: UnknownFaceFilter): Promise<ListedUnknownFace[]> {
  const { rows } = await client.query<UnknownFaceRow>({
    name: 'list-unknown-faces',
    text: `select u.id, u.sighting_count, u.first_seen_at, u.last_seen_at, u.best_review_id, u.model_id,
             (extract(epoch from u.last_seen_at) * 1000000)::bigint::text as last_seen_micros, f.crop_key is not null as has_crop
           from unknown_faces as u
           left join reviews as r on r.id = u.best_review_id
           left join recognized_faces as f on f.id = r.recognized_face_id
           where $1::bigint is null
             or (u.last_seen_at, u.id) < (timestamptz 'epoch' + $1::bigint * interval '1 microsecond', $2::uuid)
           order by u.last_seen_at desc, u.id desc limit $3`,
    values: [filter.before?.lastSeenMicros ?? null, filter.before?.id ?? null, filter.limit],
  });
  return rows.map((row) => ({
    lastSeenMicros: row.last_seen_micros,
    face: {
      unknown_face_id: row.id,
      sighting_count: row.sighting_count,
      first_seen_at: row.first_seen_at.toISOString(),
      last_seen_at: row.last_seen_at.toISOString(),
      best_review_id: row.best_review_id,
      crop_url: row.has_crop ? `/v1/ops/reviews/${row.best_review_id}/crop` : null,
      model: row.model_id,
    },
  }));
}

/** Open sightings of a group; 0 when there is no such group (any more). */
export async function countOpenSightings(client: ClientBase, unknownFaceId: string): Promise<number> {
  const { rows } = await client.query<{ sighting_count: number }>({
    name: 'count-open-sightings',
    text: 'select sighting_count from unknown_faces where id = $1',
    values: [unknownFaceId],
  });
  return rows[0]?.sighting_count ?? 0;
}

export interface SightingsWanted {
  /** One review, or those of a group. */
  readonly reviewIds: readonly string[] | null;
  readonly unknownFaceId: string | null;
  readonly limit: number;
}

/** Open sightings by id or by group, the oldest first, with what says which of them to enrol. */
export async function loadOpenSightings(client: ClientBase, wanted: SightingsWanted): Promise<EnrollableSighting[]> {
  const { rows } = await client.query<{
    id: string;
    quality: EnrollableSighting['quality'];
    liveness_verdict: EnrollableSighting['livenessVerdict'];
    crop_key: string | null;
  }>({
    name: 'load-open-sightings',
    text: `select r.id, f.quality, f.liveness_verdict, f.crop_key
           from reviews as r join recognized_faces as f on f.id = r.recognized_face_id
           where r.status = 'open' and ($1::uuid[] is null or r.id = any($1)) and ($2::uuid is null or r.unknown_face_id = $2)
           order by r.id limit $3`,
    values: [wanted.reviewIds, wanted.unknownFaceId, wanted.limit],
  });
  return rows.map((row) => ({
    reviewId: row.id,
    quality: row.quality,
    livenessVerdict: row.liveness_verdict,
    cropKey: row.crop_key,
  }));
}

/** Whether there is such a person. */
export async function isLivingUser(client: ClientBase, userId: string): Promise<boolean> {
  const text = 'select from users where id = $1 and not is_deleted';
  return (await client.query({ name: 'is-living-user', text, values: [userId] })).rowCount === 1;
}
