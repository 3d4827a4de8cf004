import type { SkippedEventOut, SystemHealthOut } from '@rollcall/contracts';
import {
  buildOrganization,
  createTestDatabase,
  queryValue,
  type BuiltUser,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let db: TestDatabase;
let gateway: TestGateway;
let organizationId: string;
let admin: BuiltUser;
let eventId: string;

beforeAll(async () => {
  db = await createTestDatabase();
  gateway = await startTestGateway(db);
});
afterAll(async () => {
  await gateway.close();
  await db.close();
});
beforeEach(async () => {
  organizationId = (await buildOrganization(db.owner)).id;
  admin = await buildPrincipal(db, organizationId, 'ADMIN');
  eventId = uuidV7();
});

/** As the projector does it: its checkpoint is before the event. */
async function standStill(from: readonly [number, string, string] | null): Promise<void> {
  const [epoch, xid, position] = from ?? [null, null, null];
  if (from !== null) await setCheckpoint(from);
  await db.system.query(
    `insert into projection_stops (projection, organization_id, event_id, event_type, from_epoch, from_xid, from_position,
       epoch, xid, position, reason)
     values ('attendance', $1, $2, 'recognition.completed', $3, $4::text::xid8, $5, 1, '900', 90, 'INVALID_EVENT')`,
    [organizationId, eventId, epoch, xid, position],
  );
}

async function setCheckpoint([epoch, xid, position]: readonly [number, string, string]): Promise<void> {
  await db.owner.query(
    `insert into projection_checkpoints (projection, organization_id, epoch, xid, position)
     values ('attendance', $1, $2, $3::text::xid8, $4) on conflict (projection, organization_id) do update
     set epoch = excluded.epoch, xid = excluded.xid, position = excluded.position`,
    [organizationId, epoch, xid, position],
  );
}

const skip = (json: object = { event_id: eventId, reason: ' Nobody works there. ' }, as: BuiltUser = admin) =>
  gateway.call<SkippedEventOut>('POST', '/v1/admin/projections/skip', { as, json });

function events(): Promise<number | undefined> {
  const sql = `select count(*)::int from events where type = 'projection.event_skipped' and subject = 'events/' || $1`;
  return queryValue<number>(db.owner, sql, [eventId]);
}

async function stopped() {
  const { body } = await gateway.call<SystemHealthOut>('GET', '/v1/admin/system-health', { as: admin });
  return body.data.parts.projector;
}

describe('an event at which records stand still', () => {
  it.each([[null], [[1, '800', '80'] as const]])('from %j on is shown, skipped once, and told of', async (from) => {
    await standStill(from);
    expect(await stopped()).toMatchObject({
      state: 'failed',
      figures: { projections: [{ stopped: { event_id: eventId, reason: 'INVALID_EVENT' } }] },
    });
    const { status, body } = await skip();
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      ...{ projection: 'attendance', event_id: eventId, event_type: 'recognition.completed' },
      ...{ failure: 'INVALID_EVENT', reason: 'Nobody works there.', skipped_by: `user:${admin.id}` },
    });
    const again = await skip({ event_id: eventId.toUpperCase(), reason: 'Another reason' });
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect(again.body.data).toEqual(body.data);
    expect(await events()).toBe(1);
    const detail = `select detail -> 'after' ->> 'reason' from audit_details d join events e on e.id = d.event_id
                    where e.subject = 'events/' || $1`;
    expect(await queryValue(db.owner, detail, [eventId])).toBe('Nobody works there.');
    const position = 'select position from projection_checkpoints where organization_id = $1';
    expect(String(await queryValue(db.owner, position, [organizationId]))).toBe('90');
    expect(await stopped()).toMatchObject({ figures: { projections: [{ stopped: null }] } });
  });

  it('is not skipped once the projector is past it, nor by who is not an admin of it, nor without a reason', async () => {
    await standStill([1, '800', '80']);
    const stranger = await buildPrincipal(db, (await buildOrganization(db.owner)).id, 'ADMIN');
    const operator = await buildPrincipal(db, organizationId, 'OPERATOR');
    expect((await skip(undefined, stranger)).status).toBe(404);
    expect((await skip(undefined, operator)).status).toBe(403);
    expect((await skip({ event_id: uuidV7(), reason: 'x' })).status).toBe(404);
    expect((await skip({ event_id: eventId, reason: '  ' })).status).toBe(422);
    await setCheckpoint([1, '900', '90']);
    expect((await skip()).status).toBe(404);
    expect(await events()).toBe(0);
    expect(await stopped()).toMatchObject({ figures: { projections: [{ stopped: null }] } });
  });
});
