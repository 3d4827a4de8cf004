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
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

describe('the ledger while a replay deletes what was projected', () => {
  it('counts nothing as projected, although the checkpoint is parked behind every event', async () => {
    const organizationId = (await buildOrganization(db.owner)).id;
    const { id } = await submitRecognition(db.gateway, await buildSource(db.owner, organizationId));
    const worker = uuidV7();
    await db.system.query(`select claim_recognitions($1, 1, '60 s')`, [worker]);
    const results = JSON.stringify([
      { recognition_id: id, event_id: uuidV7(), actor: 'system:face-worker', synthetic: false, faces: [] },
    ]);
    await db.system.query('select complete_recognitions($1, $2::jsonb)', [worker, results]);
    const stand = (place: string) =>
      db.system.query(
        `insert into projection_checkpoints (projection, organization_id, epoch, xid, position)
         select 'attendance', $1, ${place} on conflict (projection, organization_id) do update
         set epoch = excluded.epoch, xid = excluded.xid, position = excluded.position`,
        [organizationId],
      );
    const look = () =>
      withOrganization(db.gateway, organizationId, async (client) => ({
        projected: await queryValue(
          client,
          `select (ledger_figures($1, now() - interval '100 years', now() + interval '1 day') #>> '{recognition,projected}')::int`,
          [organizationId],
        ),
        gaps: await queryValue(
          client,
          'select count(*)::int from open_ledger_gaps($1) where unprojected_since is not null',
          [organizationId],
        ),
        traced: await queryValue(client, `select trace_request($1, 100) ->> 'projected'`, [id]),
      }));
    await stand(`current_epoch(), pg_snapshot_xmax(pg_current_snapshot()), 0`);
    expect(await look()).toEqual({ projected: 1, gaps: 0, traced: 'true' });
    await stand(`32767, '9223372036854775807'::xid8, 9223372036854775807`);
    expect(await look()).toEqual({ projected: 0, gaps: 1, traced: 'false' });
  });
});
