import { buildOrganization, startCluster, type TestCluster, type TestDatabase } from '@rollcall/testkit';
import { appendEvents, newEvent } from '@rollcall/event-log';
import { withTransaction } from '@rollcall/postgres';
import pg from 'pg';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestProjector } from '../events/projection-fixture.test.js';
import { watchEventLog } from './watch-event-log.js';
import { watchHealth } from './watch-health.js';

// A server of its own: transactions of other tests would hold its log up as well.
let cluster: TestCluster;
let db: TestDatabase;
beforeAll(async () => {
  cluster = await startCluster();
  db = await cluster.createDatabase();
});
afterAll(async () => {
  await db.close();
  await cluster.close();
});

const lines: { fields: object; message: string }[] = [];
const logger = { warn: (fields: object, message: string) => void lines.push({ fields, message }) };
const watch = () => watchEventLog(db.system, logger, new Date());

/** A transaction that has written, and stays open. */
async function forget(applicationName: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: db.adminUrl, application_name: applicationName });
  await client.connect();
  await client.query("begin; select pg_current_xact_id(); select 'secret' as word");
  return client;
}

/** An event that was written two minutes ago. */
async function eventOf(organizationId: string): Promise<void> {
  await withTransaction(db.system, (client) =>
    appendEvents(client, [
      newEvent<'device.silent'>({
        type: 'device.silent',
        ...{
          organizationId,
          subject: 'sources/x',
          actor: 'system:test',
          correlationId: uuidV7(),
          occurredAt: new Date(),
        },
        payload: { source_id: uuidV7(), source_type: 'camera', last_seen_at: null, after_minutes: 1 },
      }),
    ]),
  );
  await db.owner.query("update events set recorded_at = recorded_at - interval '2 minutes'");
}

async function told(organizationId: string) {
  await startTestProjector(db, { leaseMs: 1 }).projectAll(organizationId);
  const { rows } = await db.system.query<{ type: string }>(
    `select type from notifications where organization_id = $1 and type like 'event_log%' order by position`,
    [organizationId],
  );
  return rows.map(({ type }) => type);
}

describe('an event log that an old transaction holds up', () => {
  it('is told once, with the transaction, and once when it moves again', async () => {
    const { id } = await buildOrganization(db.owner);
    expect(await watch()).toBe('unchanged');
    const forgotten = await forget('a forgotten script');
    expect(await watch()).toBe('unchanged');
    await eventOf(id);
    expect(await watch()).toBe('began');
    expect(await watch()).toBe('unchanged');
    // Looked at by others for other parts: the episode stays.
    await watchHealth(db.system, new Date());
    expect(await watch()).toBe('unchanged');
    const { rows } = await forgotten.query<{ pid: number }>('select pg_backend_pid() as pid');
    expect(lines).toEqual([
      {
        message: 'events wait for an older transaction to end',
        fields: expect.objectContaining({
          ...{ code: 'EVENT_LOG_STALLED', pid: rows[0]?.pid, application: 'a forgotten script', statement: 'idle' },
        }) as object,
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('secret');
    expect(await told(id)).toEqual([]);

    await forgotten.query('rollback');
    await forgotten.end();
    expect(await watch()).toBe('ended');
    expect(await watch()).toBe('unchanged');
    expect(await told(id)).toEqual(['event_log.stalled', 'event_log.resumed']);
  });

  it('names no program of another database, and what it does by its kind alone', async () => {
    const { id } = await buildOrganization(db.owner);
    const other = await cluster.createDatabase();
    const client = new pg.Client({ connectionString: other.adminUrl, application_name: 'not ours' });
    await client.connect();
    await client.query('begin; select pg_current_xact_id()');
    await eventOf(id);
    const { rows } = await db.system.query<{ stall: { transaction: object } }>('select event_log_stall() as stall');
    expect(rows[0]?.stall.transaction).toMatchObject({ application: 'another database', statement: 'idle' });
    await client.query('rollback');
    await client.end();
    await other.close();
  });
});
