import {
  buildOrganization,
  buildSource,
  createTestDatabase,
  queryValue,
  submitRecognition,
  waitUntilBlocked,
  type BuiltSource,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.owner.query('truncate recognition_requests cascade');
  await db.owner.query('delete from claim_turns');
  await startCountingAt(1);
});

/** Every fourth claim is for everybody: the count is put where a test needs it. */
const startCountingAt = (next: number) => db.owner.query(`select setval('claim_counter', $1, false)`, [next]);

async function claim(limit: number): Promise<{ id: string; source_id: string; organization_id: string }[]> {
  const { rows } = await db.system.query<{ id: string; source_id: string; organization_id: string }>(
    `select id, source_id, organization_id from claim_recognitions($1, $2, '60 s')`,
    [uuidV7(), limit],
  );
  return rows;
}

/** Queued frames of a source, `count` of them, as many seconds old as their number says. */
async function flood(source: BuiltSource, count: number, priority = 0): Promise<void> {
  await db.owner.query(
    `insert into recognition_requests (id, organization_id, source_id, priority, captured_at, received_at, requested_by, correlation_id,
       request_event_id, image_key, image_sha256, image_content_type, image_bytes, image_width, image_height)
     select gen_random_uuid(), $1, $2, $3, now(), now() - n * interval '1 second', 'user:1', $1, $1, 'key', '\\x00', 'image/jpeg', 1, 1, 1
     from generate_series(1, $4) as n`,
    [source.organizationId, source.id, priority, count],
  );
}

const buildCamera = async (organizationId?: string) =>
  buildSource(db.owner, organizationId ?? (await buildOrganization(db.owner)).id);

describe('who comes first', () => {
  it('is what has priority, then the source served longest ago in turn, then the newest', async () => {
    const waited = await buildCamera();
    const served = await buildCamera(waited.organizationId);
    await db.owner.query('update sources set last_claimed_at = now() where id = $1', [served.id]);
    const at = (second: number) => ({ received_at: `2025-03-03T09:00:0${String(second)}Z` });
    const oldOfWaited = await submitRecognition(db.gateway, waited, at(1));
    const newOfWaited = await submitRecognition(db.gateway, waited, at(2));
    const ofServed = await submitRecognition(db.gateway, served, at(3));
    const urgent = await submitRecognition(db.gateway, served, { ...at(0), priority: 5 });
    const order = (await claim(10)).map(({ id }) => id);
    // The urgent one was its source's first turn.
    expect(order).toEqual([urgent.id, newOfWaited.id, oldOfWaited.id, ofServed.id]);
  });

  it('is in time the source with one frame beside one with a long queue', async () => {
    const loud = await buildCamera();
    await flood(loud, 30);
    const quiet = await buildCamera(loud.organizationId);
    await flood(quiet, 1);
    const served = [...(await claim(1)), ...(await claim(1))].map(({ source_id }) => source_id);
    expect(served.toSorted()).toEqual([loud.id, quiet.id].toSorted());
  });

  it('is the organization served longest ago, however many cameras another has, and whatever a claim takes', async () => {
    const big = (await buildOrganization(db.owner)).id;
    for (let index = 0; index < 20; index += 1) await flood(await buildCamera(big), 10);
    const small = await buildCamera();
    await flood(small, 12);
    const together = await claim(8);
    expect(together.filter(({ source_id }) => source_id === small.id)).toHaveLength(4);
    const served = [];
    for (let turn = 0; turn < 8; turn += 1) served.push(...(await claim(1)));
    expect(served.filter(({ source_id }) => source_id === small.id)).toHaveLength(4);
  });

  it('is not always who pushes in: cameras are served beside a flood of kiosk frames, and kiosks before cameras', async () => {
    const [kiosk, camera] = [await buildCamera(), await buildCamera()];
    await flood(kiosk, 40, 20);
    await flood(camera, 40);
    const served = [];
    for (let turn = 0; turn < 16; turn += 1) served.push(...(await claim(1)).map(({ source_id }) => source_id));
    // Three of four claims are the kiosk's; the fourth goes by turns alone.
    expect(served.filter((id) => id === camera.id).length).toBeGreaterThanOrEqual(2);
    expect(served.filter((id) => id === kiosk.id).length).toBeGreaterThanOrEqual(12);
  });

  it('is the fresh frame of a source before its old ones', async () => {
    const camera = await buildCamera();
    await flood(camera, 30);
    const { id } = await submitRecognition(db.gateway, camera);
    expect(await claim(1)).toMatchObject([{ id }]);
  });
});

it('turns of organizations are taken in the order of their ids: two workers that begin them wait, and both come to their end', async () => {
  const organizationIds: string[] = [];
  for (let count = 0; count < 12; count += 1) {
    const camera = await buildCamera();
    await flood(camera, 1);
    organizationIds.push(camera.organizationId);
  }
  const [first, ...others] = organizationIds.toSorted();
  const begin = 'insert into claim_turns (organization_id, last_claimed_at) select unnest($1::uuid[]), now()';
  const other = await db.owner.connect();
  try {
    await other.query('begin');
    await other.query(begin, [[first]]);
    const claiming = claim(12);
    await waitUntilBlocked(db);
    // It waits for the first and has begun no other yet.
    await other.query(begin, [others]);
    await other.query('commit');
    expect(await claiming).toHaveLength(12);
  } finally {
    other.release(true);
  }
});

describe('frames to be tried again', () => {
  async function crash(source: BuiltSource, count: number): Promise<void> {
    await flood(source, count);
    await db.owner.query(
      `update recognition_requests set status = 'processing', attempts = 1, claimed_until = now() - interval '1 s' where source_id = $1`,
      [source.id],
    );
  }

  it('take half of a claim while others wait, and a source whose images crash stops nobody', async () => {
    const [crashing, healthy] = [await buildCamera(), await buildCamera()];
    await crash(crashing, 50);
    await flood(healthy, 50);
    const together = (await claim(6)).map(({ source_id }) => source_id);
    expect(together.filter((id) => id === healthy.id)).toHaveLength(3);
    const single = [];
    for (let turn = 0; turn < 8; turn += 1) single.push(...(await claim(1)).map(({ source_id }) => source_id));
    expect(single.filter((id) => id === healthy.id)).toHaveLength(2);
  });

  it('take all of it when nobody waits, in any claim', async () => {
    const crashing = await buildCamera();
    await crash(crashing, 40);
    for (let turn = 0; turn < 4; turn += 1) expect(await claim(6)).toHaveLength(6);
  });

  it('expire when their time is over, also those whose worker was lost', async () => {
    const camera = await buildCamera();
    await crash(camera, 1);
    await db.owner.query(
      `update recognition_requests set claimed_by = gen_random_uuid(), expires_at = now() - interval '1 s'`,
    );
    expect(await claim(1)).toEqual([]);
    expect(await queryValue(db.owner, 'select status from recognition_requests')).toBe('expired');
    expect(await queryValue(db.owner, `select count(*)::int from events where type = 'recognition.expired'`)).toBe(1);
  });
});

describe('what a claim costs', () => {
  it('does not depend on how long the queue is: 100,000 frames, 20 cameras of 4 organizations', async () => {
    const cameras: BuiltSource[] = [];
    for (let index = 0; index < 4; index += 1) {
      const organizationId = (await buildOrganization(db.owner)).id;
      for (let door = 0; door < 5; door += 1) cameras.push(await buildCamera(organizationId));
    }
    for (const camera of cameras) await flood(camera, 50);
    const short = await costOfClaim();
    for (const camera of cameras) await flood(camera, 4_950);
    const long = await costOfClaim();
    expect(long.rows).toBeLessThan(1_000);
    // A level of the index more, and pages that were cold: not a hundred times as many.
    expect(long.buffers).toBeLessThan(short.buffers * 3 + 500);
  });

  /** Rows of requests and buffers that one claim of 8 reads, after a first one has warmed plans and catalogs. */
  async function costOfClaim(): Promise<{ readonly rows: number; readonly buffers: number }> {
    const client = await db.system.connect();
    const rowsRead = `select (seq_tup_read + idx_tup_fetch)::int from pg_stat_xact_user_tables where relname = 'recognition_requests'`;
    try {
      await client.query('begin');
      const call = `select id from claim_recognitions(gen_random_uuid(), 8, '60 s')`;
      await client.query(call);
      const before = Number(await queryValue(client, rowsRead));
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
        `explain (analyze, buffers, timing off, format json) ${call}`,
      );
      const after = Number(await queryValue(client, rowsRead));
      await client.query('rollback');
      const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {};
      expect(plan['Actual Rows']).toBe(8);
      const buffers = (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
      return { rows: after - before, buffers };
    } finally {
      client.release(true);
    }
  }
});
