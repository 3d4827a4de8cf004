import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { queryValue, waitUntil } from '@rollcall/testkit';
import { appendEvents, type FilledLog } from './fill-log.js';

const LOOK_MS = 20;

/**
 * Events a second that a projector of its own takes behind what the log holds already, from the moment they are there to
 * the moment its checkpoint stands behind the last of them.
 */
export async function measureProjector({ database, organizationId }: FilledLog, count: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-projector-'));
  // What is there was projected long ago.
  await database.owner.query(
    `insert into projection_checkpoints (projection, organization_id, epoch, xid, position)
     select 'attendance', $1, epoch, xid, position from events order by events.epoch desc, events.xid desc, events.position desc limit 1
     on conflict (projection, organization_id) do update set epoch = excluded.epoch, xid = excluded.xid, position = excluded.position`,
    [organizationId],
  );
  const main = fileURLToPath(new URL('../../../services/attendance-projector/dist/main.js', import.meta.url));
  const projector = spawn(process.execPath, [main], {
    env: { DATABASE_URL: database.systemUrl, STORAGE_ROOT: folder, LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => projector.once('exit', resolve));
  const stands = async () => BigInt((await queryValue<string>(database.owner, POSITION, [organizationId])) ?? '0');
  try {
    // Some first: the projector runs and is warm.
    await project(database, organizationId, 1_000, stands);
    const startedAt = performance.now();
    await project(database, organizationId, count, stands);
    return count / ((performance.now() - startedAt) / 1_000);
  } finally {
    projector.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

const POSITION = `select position::text from projection_checkpoints where projection = 'attendance' and organization_id = $1`;

async function project(
  database: FilledLog['database'],
  organizationId: string,
  count: number,
  stands: () => Promise<bigint>,
): Promise<void> {
  await appendEvents(database.system, organizationId, count);
  await database.system.query(`select pg_notify('rollcall_events', '')`);
  const last = BigInt(
    (await queryValue<string>(database.owner, 'select last_value::text from event_positions')) ?? '0',
  );
  await waitUntil('all is projected', async () => (await stands()) >= last, { everyMs: LOOK_MS, limitMs: 180_000 });
}
