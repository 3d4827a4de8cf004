import { withOrganization } from '@rollcall/postgres';
import { v7 as uuidV7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WorkerBench, type Script } from './testing/worker-bench.test.js';

let bench: WorkerBench;
let ann: string;

beforeEach(async () => {
  bench = await WorkerBench.open();
  await bench.startWorker();
  ann = await bench.enrol('ann');
});
afterEach(() => bench.close());

/** Somebody who resembles Ann a little; the same vector every time. */
const double: Script = { faces: [{ person: 'ann', like: 0.42 }] };

async function see(image: Script) {
  const id = await bench.submitFrame(image);
  await bench.endOf('recognition', id);
  const [face] = await bench.facesOf(id);
  return { id, decision: face?.decision, reason: face?.reason, user_id: face?.user_id };
}

async function reject(frameId: string): Promise<void> {
  const { rows } = await bench.db.owner.query<{ id: string }>(
    'select r.id from reviews r join recognized_faces f on f.id = r.recognized_face_id where f.recognition_id = $1',
    [frameId],
  );
  await withOrganization(bench.db.gateway, bench.organizationId, (client) =>
    client.query('select reject_review($1, $2, null, $3)', [rows[0]?.id, uuidV7(), uuidV7()]),
  );
}

describe('a rejection', () => {
  it('is remembered by the next frame on every worker, also after a start, and costs the person nothing', async () => {
    const first = await see(double);
    expect(first).toMatchObject({ decision: 'review', user_id: ann });
    await reject(first.id);
    expect(await see(double)).toMatchObject({ decision: 'unknown', reason: 'REJECTED_BEFORE', user_id: null });
    expect(await see({ faces: [{ person: 'ann' }] })).toMatchObject({ decision: 'match', user_id: ann });
    // Ann herself in bad light: her vector leans another way than her double's.
    const group = await bench.submitFrame({ faces: [{ person: 'zoe' }, { person: 'ann', like: 0.6 }] });
    expect(await bench.whoIsIn(group)).toEqual([null, ann]);

    await bench.workers.splice(0)[0]?.stop();
    await bench.startWorker();
    expect(await see(double)).toMatchObject({ decision: 'unknown', reason: 'REJECTED_BEFORE' });
  });

  it('leaves the margin to the best other person as it is', async () => {
    const first = await see(double);
    await reject(first.id);
    await bench.enrol('bob');
    expect(await see({ faces: [{ person: 'bob' }] })).toMatchObject({ decision: 'match' });
    expect(await see(double)).toMatchObject({ decision: 'unknown' });
  });

  it('can be forgotten', async () => {
    await reject((await see(double)).id);
    expect(await see(double)).toMatchObject({ decision: 'unknown' });
    const { rows } = await bench.db.owner.query<{ review_id: string }>('select review_id from rejected_matches');
    await withOrganization(bench.db.gateway, bench.organizationId, (client) =>
      client.query('select forget_rejection($1)', [rows[0]?.review_id]),
    );
    expect(await see(double)).toMatchObject({ decision: 'review', user_id: ann });
  });

  it('ends with the face it was about', async () => {
    await reject((await see(double)).id);
    expect(await see(double)).toMatchObject({ decision: 'unknown' });
    const again = await bench.submitRegistration(
      ann,
      Array.from({ length: 3 }, () => ({ faces: [{ person: 'ann' }] })),
    );
    await bench.endOf('registration', again);
    const { rows } = await bench.db.owner.query<{ face_id: string }>('select face_id from rejected_matches');
    await withOrganization(bench.db.gateway, bench.organizationId, (client) =>
      client.query('select delete_face($1, $2, $3, $4)', [rows[0]?.face_id, uuidV7(), 'user:1', uuidV7()]),
    );
    expect(await see(double)).toMatchObject({ decision: 'review', user_id: ann });
  });
});
