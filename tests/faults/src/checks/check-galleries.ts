import { createHash } from 'node:crypto';
import type { Pool } from '@rollcall/postgres';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadFigures } from '../load/load-figures.js';
import type { Stage } from '../stage/open-stage.js';
import { finding, type Finding } from './finding.js';

const LIMIT_MS = 40_000;
const EVERY_MS = 300;

interface Told {
  readonly pid: number;
  readonly gallery_digests: Readonly<Record<string, { readonly version: number; readonly digest: string }>> | undefined;
}

/**
 * Every worker that has the organization's gallery in memory has the faces of the table, no more and no less: version and
 * digest of its heartbeat against those of the database. A worker that no frame has asked yet holds none.
 */
export async function checkGalleries(stage: Stage, figures: LoadFigures): Promise<Finding> {
  const { looking, rollcall } = stage;
  const startedAt = performance.now();
  for (;;) {
    const table = await readTable(looking, rollcall.organizationId);
    const pids = stage.slotsOf('face-worker').map(({ pid }) => pid);
    const { rows } = await looking.query<Told>(
      `select pid, figures -> 'gallery_digests' as gallery_digests from worker_heartbeats
       where kind = 'face-worker' and pid = any ($1) and beat_at > clock_timestamp() - interval '5 seconds'`,
      [pids],
    );
    const wrong = rows.flatMap(({ pid, gallery_digests: digests }) => {
      const own = digests?.[rollcall.organizationId];
      if (own === undefined || (own.digest === table.digest && own.version === table.version)) return [];
      return [`gallery of worker ${pid}: version ${own.version}, table ${table.version}; other faces`];
    });
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

async function readTable(looking: Pool, organizationId: string): Promise<{ version: number; digest: string }> {
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
