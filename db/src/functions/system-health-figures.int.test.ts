import { withOrganization } from '@rollcall/postgres';
import {
  buildOrganization,
  buildSource,
  createTestDatabase,
  queryValue,
  submitRecognition,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';

interface Figures {
  readonly oldest_transaction: { pid: number; application: string; age_seconds: number | null; holds_feed: boolean };
  readonly processes: readonly { worker_id: string; alive: boolean; gallery_version: number | null; figures: object }[];
  readonly galleries: readonly object[];
  readonly queue: { readonly recognition: Record<string, number | null> };
  readonly projections: readonly Record<string, unknown>[];
  readonly event_feed: { unreadable: number; last_event_at: string | null };
  readonly [part: string]: unknown;
}

let db: TestDatabase;
let mine: string;
let theirs: string;

beforeAll(async () => {
  db = await createTestDatabase();
  mine = (await buildOrganization(db.owner)).id;
  theirs = (await buildOrganization(db.owner)).id;
});
afterAll(() => db.close());

function figuresOf(organizationId: string): Promise<Figures> {
  return withOrganization(db.gateway, organizationId, async (client) => {
    const figures = await queryValue<Figures>(client, 'select system_health_figures(8)');
    if (figures === undefined) throw new Error('no figures');
    return figures;
  });
}

it("tells an organization's own queue, and of the others' how long it is", async () => {
  const source = await buildSource(db.owner, mine);
  await submitRecognition(db.gateway, source);
  const other = await buildSource(db.owner, theirs);
  for (let frame = 0; frame < 3; frame += 1) await submitRecognition(db.gateway, other);
  await db.owner.query(
    `update recognition_requests set received_at = now() - interval '1 minute' where organization_id = $1`,
    [theirs],
  );
  const { recognition } = (await figuresOf(mine)).queue;
  expect(recognition).toMatchObject({ queued: 1, processing: 0, installation_queued: 4, installation_processing: 0 });
  expect(recognition['oldest_seconds']).toBeLessThan(50);
  expect(recognition['installation_oldest_seconds']).toBeGreaterThan(55);
});

it("tells no gallery, projection, notification or process figure of another organization's", async () => {
  const holder = uuidV7();
  await db.owner.query(`insert into face_models (id, dimension) values ('m', 4)`);
  for (const [id, version] of [
    [mine, 3],
    [theirs, 7],
  ]) {
    await db.owner.query(
      `insert into galleries (organization_id, model_id, version, face_count) values ($1, 'm', $2::bigint, $2::bigint)`,
      [id, version],
    );
    await db.owner.query(
      `insert into projection_checkpoints (projection, organization_id, epoch, xid, position) values ('attendance', $1, 1, '1', 1)`,
      [id],
    );
    await db.owner.query(`insert into projection_leases values ('attendance', $1, $2, now() + interval '1 minute')`, [
      id,
      holder,
    ]);
  }
  const versions = { [mine]: 2, [theirs]: 7 };
  await db.system.query(
    `insert into worker_heartbeats (worker_id, kind, hostname, pid, beat_at, figures) values
       ($1, 'face-worker', 'h', 1, now(), $3), ($2, 'gateway', 'h', 2, now() - interval '9 seconds', '{}')`,
    [uuidV7(), uuidV7(), JSON.stringify({ children: 2, gallery_versions: versions, gallery_digests: versions })],
  );
  const figures = await figuresOf(mine);
  expect(figures.galleries).toEqual([{ model_id: 'm', version: 3, faces: 3 }]);
  expect(figures.projections).toMatchObject([{ projection: 'attendance', lease_holder: holder }]);
  expect(figures.processes.map(({ alive, gallery_version }) => [alive, gallery_version])).toEqual([
    [true, 2],
    [false, null],
  ]);
  expect(JSON.stringify(figures)).not.toContain(theirs);
});

it('names the transaction that has been open longest, and counts the events that wait for it', async () => {
  const before = await figuresOf(mine);
  const holder = await db.system.connect();
  try {
    await holder.query('begin');
    const pid = await queryValue<number>(holder, 'select pg_backend_pid()');
    await holder.query('select pg_current_xact_id()');
    await submitRecognition(db.gateway, await buildSource(db.owner, mine));
    const figures = await figuresOf(mine);
    // Other tests share the server and may have older ones open: then that one is named.
    if (figures.oldest_transaction.application === 'rollcall-test') {
      expect(figures.oldest_transaction).toMatchObject({ pid, holds_feed: true });
      expect(figures.oldest_transaction.age_seconds).toBeGreaterThan(0);
    }
    expect(figures.event_feed.unreadable).toBeGreaterThanOrEqual(1);
    expect(figures.event_feed.last_event_at).not.toBe(before.event_feed.last_event_at);
  } finally {
    await holder.query('rollback');
    holder.release();
  }
});

it('gives counts alone without an organization', async () => {
  const figures = await queryValue<Figures>(db.gateway, 'select system_health_figures(8)');
  expect(figures).toMatchObject({ galleries: [], projections: [], queue: { recognition: { queued: 0 } } });
  expect(figures?.queue.recognition['installation_queued']).toBeGreaterThan(0);
});
