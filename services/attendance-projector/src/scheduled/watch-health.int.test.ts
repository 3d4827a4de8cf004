import { buildOrganization, createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildScene, startTestProjector } from '../events/projection-fixture.test.js';
import { tellSilentDevices } from './tell-silent-devices.js';
import { watchHealth } from './watch-health.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const minutes = (count: number) => new Date(Date.now() + count * 60_000);

async function told(organizationId: string) {
  await startTestProjector(db, { leaseMs: 1 }).projectAll(organizationId);
  const { rows } = await db.system.query<{ type: string; role_id: number; severity: string }>(
    `select type, role_id, severity from notifications where organization_id = $1 order by position`,
    [organizationId],
  );
  return rows;
}

describe('a camera that sends nothing any more', () => {
  const silent = { type: 'device.silent', role_id: 2, severity: 'warning' };

  it('is told once until it is heard again, after the minutes of the rule', async () => {
    const scene = await buildScene(db);
    const seen = (ago: number) =>
      db.owner.query('update sources set last_claimed_at = $2, is_configured = true where id = $1', [
        scene.door,
        minutes(-ago),
      ]);
    expect(await tellSilentDevices(db.system, new Date())).toBe(0);
    await seen(20);
    expect(await tellSilentDevices(db.system, new Date())).toBe(0);
    await db.owner.query(
      `insert into notification_rules (organization_id, version, rules) values ($1, 1, '{"device.silent":{"after_minutes":15}}')`,
      [scene.organizationId],
    );
    expect(await tellSilentDevices(db.system, new Date())).toBe(1);
    expect(await tellSilentDevices(db.system, minutes(500))).toBe(0);
    expect(await told(scene.organizationId)).toEqual([silent]);
    await seen(0);
    expect(await tellSilentDevices(db.system, minutes(10))).toBe(0);
    expect(await tellSilentDevices(db.system, minutes(16))).toBe(1);
    expect(await told(scene.organizationId)).toEqual([silent, silent]);
  });

  it('is not told while it calls for something else, by any of its keys', async () => {
    const scene = await buildScene(db);
    await db.owner.query('update sources set last_claimed_at = $2, is_configured = true where id = $1', [
      scene.door,
      minutes(-10_000),
    ]);
    const key = (lastUsedAt: Date | null) =>
      db.owner.query(
        `insert into api_keys (id, organization_id, source_id, name, key_hash, last_used_at)
         values (gen_random_uuid(), $1, $2, 'key', uuid_send(gen_random_uuid()), $3)`,
        [scene.organizationId, scene.door, lastUsedAt],
      );
    await key(null);
    await key(minutes(-5));
    expect(await tellSilentDevices(db.system, new Date())).toBe(0);
    expect(await tellSilentDevices(db.system, minutes(2_000))).toBe(1);
  });

  it('is not told while it is switched off, was only ever named by a frame, or waits in the queue', async () => {
    const scene = await buildScene(db);
    const set = (column: string, value: unknown) =>
      db.owner.query(`update sources set ${column} = $2 where id = $1`, [scene.door, value]);
    await set('last_claimed_at', minutes(-10_000));
    await set('is_configured', false);
    expect(await tellSilentDevices(db.system, new Date())).toBe(0);
    await set('is_configured', true);
    await set('is_active', false);
    expect(await tellSilentDevices(db.system, new Date())).toBe(0);
  });
});

describe('an installation that does not do its work', () => {
  it('is told to the admins of every organization, once an episode', async () => {
    const organizations = [(await buildOrganization(db.owner)).id, (await buildOrganization(db.owner)).id];
    await db.system.query(
      `insert into worker_heartbeats (worker_id, kind, hostname, pid, started_at)
       values ($1, 'attendance-projector', 'test', 1, now() - interval '10 minutes')`,
      [uuidV7()],
    );
    expect(await watchHealth(db.system, new Date())).toEqual({ began: 1, ended: 0 });
    expect(await watchHealth(db.system, new Date())).toEqual({ began: 0, ended: 0 });
    const unhealthy = { type: 'system.unhealthy', role_id: 1, severity: 'critical' };
    for (const id of organizations) expect(await told(id)).toEqual([unhealthy]);

    const worker = uuidV7();
    await db.system.query(
      `insert into worker_heartbeats (worker_id, kind, hostname, pid) values ($1, 'face-worker', 'test', 2)`,
      [worker],
    );
    expect(await watchHealth(db.system, new Date())).toEqual({ began: 0, ended: 1 });
    await db.system.query('delete from worker_heartbeats where worker_id = $1', [worker]);
    expect(await watchHealth(db.system, new Date())).toEqual({ began: 1, ended: 0 });
    for (const id of organizations) expect(await told(id)).toEqual([unhealthy, unhealthy]);
  });
});
