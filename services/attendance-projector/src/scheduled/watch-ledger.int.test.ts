import {
  buildOrganization,
  buildSource,
  createTestDatabase,
  submitRecognition,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildScene, startTestProjector } from '../events/projection-fixture.test.js';
import { resetProjection } from '../projections/reset-projection.js';
import { watchLedger } from './watch-ledger.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.owner.query('delete from recognized_faces');
  await db.owner.query('delete from recognition_requests');
  await db.owner.query('delete from ledger_gaps');
});

const worker = uuidV7();
const seconds = (count: number) => new Date(Date.now() + count * 1_000);

async function submit(organizationId: string): Promise<string> {
  return (await submitRecognition(db.gateway, await buildSource(db.owner, organizationId))).id;
}

async function complete(id: string): Promise<void> {
  await db.system.query(`select claim_recognitions($1, 50, '60 s')`, [worker]);
  const result = { recognition_id: id, event_id: uuidV7(), actor: 'system:face-worker', synthetic: false, faces: [] };
  await db.system.query('select complete_recognitions($1, $2::jsonb)', [worker, JSON.stringify([result])]);
}

async function told(organizationId: string) {
  await startTestProjector(db, { leaseMs: 1 }).projectAll(organizationId);
  const { rows } = await db.system.query<{ type: string; stage: string }>(
    `select type, role_id, severity, payload ->> 'stage' as stage from notifications
     where organization_id = $1 and type like 'ledger.%' order by position`,
    [organizationId],
  );
  return rows;
}

describe('watchLedger', () => {
  it('tells once of a frame that is not decided, and once when it is', async () => {
    const { organizationId } = await buildScene(db);
    const other = (await buildOrganization(db.owner)).id;
    const id = await submit(organizationId);
    expect(await watchLedger(db.system, seconds(890))).toEqual({ opened: 0, closed: 0 });
    const looks = await Promise.all([watchLedger(db.system, seconds(910)), watchLedger(db.system, seconds(911))]);
    expect(looks.map(({ opened }) => opened).toSorted()).toEqual([0, 1]);
    expect(await watchLedger(db.system, seconds(1_000))).toEqual({ opened: 0, closed: 0 });
    const opened = { type: 'ledger.gap_opened', role_id: 1, severity: 'critical', stage: 'decision' };
    expect(await told(organizationId)).toEqual([opened]);
    await complete(id);
    await told(organizationId);
    expect(await watchLedger(db.system, seconds(1_060))).toEqual({ opened: 0, closed: 1 });
    expect(await watchLedger(db.system, seconds(1_120))).toEqual({ opened: 0, closed: 0 });
    expect(await told(organizationId)).toEqual([opened, { ...opened, type: 'ledger.gap_closed', severity: 'info' }]);
    expect(await told(other)).toEqual([]);
  });

  it('tells of a decision that is not projected, by the limit of its organization', async () => {
    const { organizationId } = await buildScene(db);
    await db.owner.query(
      `insert into system_configs (organization_id, body) values ($1, '{"processing":{"max_gap_seconds":30}}')`,
      [organizationId],
    );
    await complete(await submit(organizationId));
    expect(await watchLedger(db.system, seconds(35))).toEqual({ opened: 1, closed: 0 });
    expect(await told(organizationId)).toMatchObject([{ stage: 'projection' }]);
    expect(await watchLedger(db.system, seconds(70))).toEqual({ opened: 0, closed: 1 });
  });

  it('tells nothing of decisions that are projected again, as long as it moves', async () => {
    const { organizationId } = await buildScene(db);
    await complete(await submit(organizationId));
    const projector = startTestProjector(db, { leaseMs: 1 });
    await projector.projectAll(organizationId);
    await projector.leases.releaseAll();
    const anHourAgo = `update events set recorded_at = now() - interval '1 hour' where organization_id = $1`;
    await db.owner.query(anHourAgo, [organizationId]);
    await resetProjection(db.system, organizationId, {
      onStep: async () => {
        expect(await watchLedger(db.system, seconds(0))).toEqual({ opened: 0, closed: 0 });
      },
    });
    expect(await watchLedger(db.system, seconds(0))).toEqual({ opened: 0, closed: 0 });
    expect(await watchLedger(db.system, seconds(910))).toEqual({ opened: 1, closed: 0 });
  });
});
