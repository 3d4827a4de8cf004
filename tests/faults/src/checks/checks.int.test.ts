import {
  buildOrganization,
  buildSource,
  createTestDatabase,
  submitRecognition,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findDoubles } from './find-doubles.js';
import { settleLedger } from './frame-ledger.js';

// The checks of the suite have to find what they are there for.
let db: TestDatabase;
let source: Awaited<ReturnType<typeof buildSource>>;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.owner.query('delete from recognition_requests');
  source = await buildSource(db.owner, (await buildOrganization(db.owner)).id);
});

const told = (...ids: string[]) => ({ accepted: new Map(ids.map((id) => [id, 0])), forked: [] as string[] });

async function aFrame(): Promise<string> {
  return (await submitRecognition(db.gateway, source)).id;
}

async function decide(id: string): Promise<void> {
  await db.owner.query(`update recognition_requests set status = 'completed' where id = $1`, [id]);
}

async function tell(id: string): Promise<void> {
  await db.owner.query(
    `insert into events (epoch, organization_id, id, type, subject, actor, correlation_id, payload, occurred_at)
     values (current_epoch(), $1, $2, 'recognition.completed', $3, 'system:test', $2, '{}', now())`,
    [source.organizationId, uuidV7(), `recognitions/${id}`],
  );
}

async function match(id: string): Promise<void> {
  await db.owner.query(
    `insert into recognized_faces (id, organization_id, recognition_id, face_index, box_x, box_y, box_width, box_height,
       detection_score, quality, liveness_verdict, decision)
     values ($1, $2, $3, 0, 0, 0, 1, 1, 1, '{}', 'live', 'match')`,
    [uuidV7(), source.organizationId, id],
  );
}

const lostOf = async (...ids: string[]) => (await settleLedger(db.owner, told(...ids), 0, {}, 0)).lost;
const doubledOf = async (figures: ReturnType<typeof told>) => (await findDoubles(db.owner, figures)).doubled;

describe('the ledger of a round', () => {
  it('is even when each frame is decided and told', async () => {
    const id = await aFrame();
    await decide(id);
    await tell(id);
    expect(await lostOf(id)).toEqual([]);
    expect(await doubledOf(told(id))).toEqual([]);
  });

  it('misses what is in no table, not decided, not told or not projected', async () => {
    const [nowhere, waiting, silent, alone] = [uuidV7(), await aFrame(), await aFrame(), await aFrame()];
    await decide(silent);
    await decide(alone);
    await tell(alone);
    await match(alone);
    expect(await lostOf(nowhere)).toEqual([expect.stringMatching(`${nowhere}.*no table`)]);
    expect(await lostOf(waiting)).toEqual([expect.stringMatching(`${waiting}.*not decided`)]);
    expect(await lostOf(silent)).toEqual([expect.stringMatching(`${silent}.*no event`)]);
    expect(await lostOf(alone)).toEqual([expect.stringMatching(`${alone}.*no sighting`)]);
  });
});

describe('failures of a round', () => {
  const wrongOf = async (allowed: Record<string, number>, ...ids: string[]) =>
    (await settleLedger(db.owner, told(...ids), 0, allowed, 0)).wrong;

  async function end(status: 'failed' | 'expired', reason: string): Promise<string> {
    const id = await aFrame();
    await db.owner.query('update recognition_requests set status = $2, reason = $3 where id = $1', [
      ...[id, status, reason],
    ]);
    await tell(id);
    return id;
  }

  it('are wrong, whatever the reason, although each frame is decided and told', async () => {
    const ids = [
      ...[await end('failed', 'WORKER_LOST'), await end('failed', 'IMAGE_MISSING'), await end('expired', 'EXPIRED')],
    ];
    expect(await lostOf(...ids)).toEqual([]);
    expect(await wrongOf({}, ...ids)).toEqual([
      expect.stringMatching('1 .*EXPIRED'),
      expect.stringMatching('1 .*IMAGE_MISSING'),
      expect.stringMatching('1 .*WORKER_LOST'),
    ]);
  });

  it('are as many as the fault allows, by reason', async () => {
    const [one, other] = [await end('failed', 'PIPELINE_CRASHED'), await end('failed', 'PIPELINE_CRASHED')];
    expect(await wrongOf({ PIPELINE_CRASHED: 1 }, one)).toEqual([]);
    expect(await wrongOf({ WORKER_LOST: 1 }, one)).toHaveLength(1);
    expect(await wrongOf({ PIPELINE_CRASHED: 1 }, one, other)).toEqual([
      '2 frames failed as PIPELINE_CRASHED, allowed are 1',
    ]);
  });
});

describe('the search for doubles', () => {
  it('finds a second end of a frame', async () => {
    const id = await aFrame();
    await tell(id);
    await tell(id);
    expect(await doubledOf(told(id))).toContain(`end of a frame recognitions/${id}: 2 times`);
  });

  it('finds keys that named two frames, and frames that nobody was told of', async () => {
    const [known, unknown] = [await aFrame(), await aFrame()];
    const doubled = await doubledOf({ ...told(known), forked: ['key: one, other'] });
    expect(doubled).toContain('one key, two frames: key: one, other');
    expect(doubled).toContain(`frame ${unknown} is in the database, and no client was told of it`);
  });
});
