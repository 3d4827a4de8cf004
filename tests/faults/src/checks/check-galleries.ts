import { createHash } from 'node:crypto';
import type { Pool } from '@rollcall/postgres';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadFigures } from '../load/load-figures.js';
import type { Stage } from '../stage/open-stage.js';
import { finding, type Finding } from './finding.js';

const LIMIT_MS = 40_000;
const EVERY_MS = 300;

/** The faces of one organization: version of the gallery and digest of what is in it. */
interface Faces {
  readonly version: number;
  readonly digest: string;
}

/** What a worker tells in its heartbeat. */
export interface ToldGalleries {
  readonly pid: number;
  /** Frames it has given a result since it started; each was searched in the gallery. */
  readonly frames_completed: number;
  readonly gallery_digests: Readonly<Record<string, Faces>> | null;
}

/** Workers whose gallery is not that of the table, or that must have one by now and tell of none. */
export function findOtherGalleries(told: readonly ToldGalleries[], table: Faces, organizationId: string): string[] {
  return told.flatMap(({ pid, frames_completed: completed, gallery_digests: digests }) => {
    const own = digests?.[organizationId];
    if (own === undefined)
      return completed === 0 ? [] : [`worker ${pid} completed ${completed} frames without a gallery`];
    if (own.digest === table.digest && own.version === table.version) return [];
    return [`gallery of worker ${pid}: version ${own.version}, table ${table.version}; other faces`];
  });
}

/**
 * Every worker that has completed frames has the faces of the table in memory, no more and no less: version and digest of
 * its heartbeat against those of the database. A worker that no frame has asked since it started may hold none.
 */
export async function checkGalleries(stage: Stage, figures: LoadFigures): Promise<Finding> {
  const { looking, rollcall } = stage;
  const startedAt = performance.now();
  for (;;) {
    const table = await readTable(looking, rollcall.organizationId);
    const pids = stage.slotsOf('face-worker').map(({ pid }) => pid);
    const { rows } = await looking.query<ToldGalleries>(
      `select pid, coalesce((figures ->> 'frames_completed')::int, 0) as frames_completed, figures -> 'gallery_digests' as gallery_digests
       from worker_heartbeats
       where kind = 'face-worker' and pid = any ($1) and beat_at > clock_timestamp() - interval '5 seconds'`,
      [pids],
    );
    const wrong = findOtherGalleries(rows, table, rollcall.organizationId);
    if (rows.length < pids.length) wrong.push(`${pids.length - rows.length} workers without a heartbeat`);
    const isOver = performance.now() - startedAt > LIMIT_MS;
    if (wrong.length === 0 || isOver) {
      const loaded = rows.filter(({ gallery_digests: digests }) => digests?.[rollcall.organizationId]).length;
      wrong.push(...(await findErased(looking, figures)));
      return finding(`galleries ${loaded}/${pids.length} at version ${table.version}`, { wrong });
    }
    await sleep(EVERY_MS);
  }
}

async function readTable(looking: Pool, organizationId: string): Promise<Faces> {
  const { rows } = await looking.query<{ version: string; faces: string | null }>(
    `select (select coalesce(max(version), 0) from galleries where organization_id = $1)::text as version,
            (select string_agg(faiss_id || ':' || id || ':' || user_id, ',' order by faiss_id)
             from face_embeddings where organization_id = $1) as faces`,
    [organizationId],
  );
  const digest = createHash('sha256')
    .update(rows[0]?.faces ?? '')
    .digest('hex');
  return { version: Number(rows[0]?.version ?? 0), digest };
}

/** Frames that were sent after a face had been erased and matched it all the same. */
async function findErased(looking: Pool, { erased, accepted }: LoadFigures): Promise<string[]> {
  const { rows } = await looking.query<{ recognition_id: string; face_id: string }>(
    `select recognition_id, face_id from recognized_faces where decision = 'match' and face_id = any ($1)`,
    [[...erased.keys()]],
  );
  return rows
    .filter(({ recognition_id: id, face_id: face }) => (accepted.get(id) ?? 0) > (erased.get(face) ?? Infinity))
    .map(({ recognition_id: id, face_id: face }) => `frame ${id} matched face ${face} after its erasure`);
}
