import type { Pool } from '@rollcall/postgres';
import type { GroupGrowth, KnownGroup, StrangeFace } from '../domain/group-look-alikes.js';
import { decodeEmbedding } from './decode-embedding.js';

/** A sighting of a stranger without a group. */
export interface UngroupedSighting extends StrangeFace {
  readonly organizationId: string;
  /** `system_configs.body`, or null. */
  readonly systemConfig: unknown;
}

interface SightingRow {
  readonly review_id: string;
  readonly organization_id: string;
  readonly quality: StrangeFace['quality'];
  readonly embedding: Buffer;
  readonly key_id: string | null;
}

/** Open sightings of strangers that no group has yet, the oldest first. */
export async function readUngrouped(pool: Pool, modelId: string, limit: number): Promise<UngroupedSighting[]> {
  const { rows } = await pool.query<SightingRow & { readonly body: unknown }>({
    name: 'read-ungrouped',
    text: `select r.id as review_id, r.organization_id, f.quality, f.embedding, f.key_id, c.body
           from reviews as r
           join recognized_faces as f on f.id = r.recognized_face_id
           join recognition_requests as q on q.id = f.recognition_id
           left join system_configs as c on c.organization_id = r.organization_id
           where r.status = 'open' and r.kind = 'unknown' and r.unknown_face_id is null
             and f.embedding is not null and q.model_id = $1
           order by r.created_at limit $2`,
    values: [modelId, limit],
  });
  return rows.map((row) => ({ ...toFace(row), organizationId: row.organization_id, systemConfig: row.body }));
}

/** Groups a sighting is compared with at most: those seen last. */
const MOST_GROUPS = 2_000;

/** Groups of an organization, each with the sighting that shows its face best. */
export async function readKnownGroups(pool: Pool, organizationId: string, modelId: string): Promise<KnownGroup[]> {
  const { rows } = await pool.query<SightingRow & { readonly id: string }>({
    name: 'read-known-groups',
    text: `select u.id, r.id as review_id, r.organization_id, f.quality, f.embedding, f.key_id
           from unknown_faces as u
           join reviews as r on r.id = u.best_review_id
           join recognized_faces as f on f.id = r.recognized_face_id
           where u.organization_id = $1 and u.model_id = $2 and f.embedding is not null
           order by u.last_seen_at desc limit $3`,
    values: [organizationId, modelId, MOST_GROUPS],
  });
  return rows.map((row) => ({ id: row.id, best: toFace(row) }));
}

/** Writes what groups gain; answers how many sightings have a group now. */
export async function writeGroups(
  pool: Pool,
  organizationId: string,
  modelId: string,
  growth: readonly GroupGrowth[],
): Promise<number> {
  const groups = growth.map(({ id, isNew, bestReviewId, reviewIds }) => ({
    ...{ id, is_new: isNew, model_id: modelId },
    ...{ best_review_id: bestReviewId ?? null, review_ids: reviewIds },
  }));
  const { rows } = await pool.query<{ grouped: number }>({
    name: 'group-sightings',
    text: 'select group_sightings($1, $2::jsonb) as grouped',
    values: [organizationId, JSON.stringify(groups)],
  });
  return rows[0]?.grouped ?? 0;
}

function toFace({ review_id, quality, embedding, key_id }: SightingRow): StrangeFace {
  return { reviewId: review_id, quality, embedding: decodeEmbedding(embedding, key_id) };
}
