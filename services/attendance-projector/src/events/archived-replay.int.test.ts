import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeEventPartitions, readEvents } from '@rollcall/event-log';
import { startCluster, type TestCluster, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findOrganizationsBehind } from '../data-access/events.js';
import { projectedTypes } from '../domain/projected-types.js';
import { createProjectorFigures } from '../heartbeat/projector-figures.js';
import { PROJECTION } from '../projections/projection-name.js';
import { resetProjection } from '../projections/reset-projection.js';
import { openShadowProjection } from '../projections/shadow-projection.js';
import { retireEvents } from '../scheduled/retire-events.js';
import { runBeside } from './beside-fixture.test.js';
import { checkOrganization } from './check-organization.js';
import { composeOrganizationProjector } from './compose-projection.js';
import { createEventSource } from './event-source.js';
import { createLeaseKeeper } from './keep-leases.js';
import { buildScene, startTestProjector, type Scene } from './projection-fixture.test.js';
import { replayOrganization } from './replay-organization.js';

// A cluster of its own: what is closed depends on every transaction of a cluster.
let cluster: TestCluster;
let db: TestDatabase;
let archiveFolder: string;
let scene: Scene;
const logger = { warn: () => undefined, error: () => undefined } as never;

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.close());
beforeEach(async () => {
  db = await cluster.createDatabase();
  archiveFolder = await mkdtemp(join(tmpdir(), 'rollcall-archive-'));
  // The partitions of the set-up are wide: small ones instead.
  await db.owner.query(`do $$ declare part text; begin
    for part in select name from event_partitions loop
      execute format('alter table events detach partition event_log.%I', part);
      execute format('drop table event_log.%I', part);
    end loop;
    delete from event_partitions;
  end $$`);
  scene = await buildScene(db);
  await appendAndRetire();
});
afterEach(async () => {
  await rm(archiveFolder, { recursive: true });
  await db.close();
});

/** A fortnight, of which all but the last days are in the archive only. */
async function appendAndRetire(): Promise<void> {
  const other = await buildScene(db);
  for (let day = 3; day < 17; day += 1) {
    await makeEventPartitions(db.system, { span: 24 });
    const date = `2025-03-${String(day).padStart(2, '0')}`;
    await scene.append(
      scene.seen(`${date}T08:5${String(day % 10)}:00Z`, scene.ada, scene.ben),
      scene.frame(`${date}T09:00:00Z`, [scene.face('unknown'), scene.face('review', scene.ada)]),
      scene.seen(`${date}T17:30:00Z`, scene.ada),
    );
    await other.append(other.seen(`${date}T09:00:00Z`, other.ada));
  }
  const projector = startTestProjector(db);
  for (const id of [scene.organizationId, other.organizationId]) await projector.projectAll(id);
  await projector.leases.releaseAll();
  const now = new Date(Date.now() + 10 * 86_400_000);
  const signal = new AbortController().signal;
  const options = { pool: db.system, archiveFolder, retentionDays: 5, now, signal, logger };
  let dropped = 0;
  for (let more = true; more;) {
    const run = await retireEvents(options);
    dropped += run.dropped.length;
    more = run.dropped.length > 0;
  }
  expect(dropped).toBeGreaterThan(2);
  const read = readEvents(db.system, { organizationId: scene.organizationId, after: null, limit: 10 });
  await expect(read).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
}

const replay = (folder: string | undefined) =>
  replayOrganization(
    {
      ...{ pool: db.system, holder: uuidV7(), figures: createProjectorFigures(), logger },
      ...(folder === undefined ? {} : { archiveFolder: folder }),
    },
    scene.organizationId,
  );

describe('an organization whose oldest events are in the archive', () => {
  it('is replayed with the same rows, and nothing is written twice', async () => {
    const [checksum, counts] = [await scene.checksum(), await scene.counts()];
    expect(checksum).toMatchObject({ logs: 42, records: 28 });
    await replay(archiveFolder);
    expect([await scene.checksum(), await scene.counts()]).toEqual([checksum, counts]);
  });

  it('is found the same by a check, page by page', async () => {
    const shadow = await openShadowProjection(db.systemUrl);
    try {
      const whole = createEventSource(db.system, archiveFolder);
      // Small pages, each asked for twice, as after a batch that failed.
      const source = {
        async read(options: Parameters<typeof whole.read>[0]) {
          await whole.read({ ...options, limit: 5 });
          return whole.read({ ...options, limit: 3 });
        },
      };
      const outcome = await checkOrganization({ pool: db.system, source, shadow }, scene.organizationId);
      expect(outcome).toMatchObject({ live: { logs: 42 }, projected: { logs: 42 }, differences: [] });
      expect(outcome.missingConsequences).toBe(0);
    } finally {
      await shadow.close();
    }
  });

  it('is replayed beside, from the archive on', async () => {
    const [checksum, counts] = [await scene.checksum(), await scene.counts()];
    const damage =
      "update attendance_records set worked_minutes = 1 where work_date < '2025-03-06' and organization_id = $1";
    await db.owner.query(damage, [scene.organizationId]);
    expect(await runBeside(db, scene.organizationId, { archiveFolder })).toMatchObject({ records: 6, told: false });
    expect([await scene.checksum(), await scene.counts()]).toEqual([checksum, counts]);
    await expect(runBeside(db, scene.organizationId)).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
    expect(await scene.checksum()).toEqual(checksum);
  });

  it('keeps its rows when the archive is damaged or not there', async () => {
    const checksum = await scene.checksum();
    await expect(replay(undefined)).rejects.toThrow('in the archive only');
    await expect(replay(join(archiveFolder, 'elsewhere'))).rejects.toThrow('does not reach up to');
    const file = (await readdir(archiveFolder)).filter((name) => name.endsWith('.gz')).toSorted()[1] ?? '';
    await truncate(join(archiveFolder, file), 40);
    await expect(replay(archiveFolder)).rejects.toThrow('checksum differs');
    expect(await scene.checksum()).toEqual(checksum);
  });

  it('is gone on with by any projector when the replay was broken off', async () => {
    const checksum = await scene.checksum();
    await resetProjection(db.system, scene.organizationId);
    const behind = await findOrganizationsBehind(db.system, PROJECTION, projectedTypes);
    expect(behind).toContain(scene.organizationId);
    const leases = createLeaseKeeper({ pool: db.system, holder: uuidV7(), leaseMs: 60_000, monotonicNow: () => 0 });
    const figures = createProjectorFigures();
    const project = composeOrganizationProjector({ pool: db.system, leases, figures, logger, archiveFolder });
    while ((await project(scene.organizationId)) !== 'done');
    expect(await scene.checksum()).toEqual(checksum);
    const left = await findOrganizationsBehind(db.system, PROJECTION, projectedTypes);
    expect(left).not.toContain(scene.organizationId);
  });
});
