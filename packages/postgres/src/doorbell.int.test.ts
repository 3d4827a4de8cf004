import {
  createTestDatabase,
  queryValue,
  startCluster,
  startHalfOpenProxy,
  waitUntil,
  type HalfOpenProxy,
  type TestDatabase,
} from '@rollcall/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDoorbell, type Doorbell, type DoorbellOptions } from './doorbell.js';
import { createPool } from './pool.js';

const CHANNELS = ['rollcall_requests', 'rollcall_events'] as const;
let db: TestDatabase;
let proxy: HalfOpenProxy;
let rings: string[];
const doorbells: Doorbell[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  rings = [];
  proxy = await startHalfOpenProxy({ port: Number(new URL(db.systemUrl).port) });
});
afterEach(async () => {
  for (const doorbell of doorbells.splice(0)) await doorbell.close();
  await proxy.close();
});

function throughProxy(): string {
  const url = new URL(db.systemUrl);
  url.port = String(proxy.port);
  return url.href;
}

/** With a quick echo: what takes 13 s in production should not take so long here. */
function start(given: Partial<DoorbellOptions> = {}): Doorbell {
  const doorbell = createDoorbell({
    connectionString: throughProxy(),
    channels: CHANNELS,
    onRing: (channel) => rings.push(channel),
    enabled: true,
    echoIntervalMs: 100,
    echoTimeoutMs: 10_000,
    logger: { info: () => undefined, warn: () => undefined },
    ...given,
  });
  doorbells.push(doorbell);
  doorbell.start();
  return doorbell;
}

const listening = (doorbell: Doorbell): Promise<unknown> =>
  waitUntil('the doorbell listens', () => doorbell.state() === 'listening');
const ringAt = (channel: string): Promise<unknown> => db.system.query('select pg_notify($1, $2)', [channel, '']);
const rung = (channel: string): Promise<unknown> => waitUntil(`${channel} rings`, () => rings.includes(channel));

/** Rings until it is heard: a ring that comes while nobody listens is lost, and that is no error. */
async function expectToHear(channel: string): Promise<void> {
  await waitUntil(`${channel} is heard`, async () => {
    await ringAt(channel);
    return rings.includes(channel);
  });
}

describe('createDoorbell', () => {
  it('rings every channel once it listens, then those that are rung', async () => {
    const doorbell = start();
    await listening(doorbell);
    expect(rings.toSorted()).toEqual([...CHANNELS].toSorted());
    rings.length = 0;
    await ringAt('rollcall_events');
    await rung('rollcall_events');
    expect(rings).toEqual(['rollcall_events']);
  });

  it('comes back and rings every channel when its connection is cut', async () => {
    const doorbell = start();
    await listening(doorbell);
    rings.length = 0;
    await ringAt('rollcall_requests');
    await rung('rollcall_requests');
    rings.length = 0;
    proxy.reset();
    await waitUntil('it came back', () => CHANNELS.every((channel) => rings.includes(channel)));
    rings.length = 0;
    await expectToHear('rollcall_events');
  });

  it('comes back when the server ends its session', async () => {
    const doorbell = start();
    await listening(doorbell);
    rings.length = 0;
    const sql = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rollcall-doorbell' and datname = current_database()`;
    expect(await queryValue(db.system, sql)).toBe(true);
    await waitUntil('it came back', () => CHANNELS.every((channel) => rings.includes(channel)));
  });

  it('finds a connection that went silent by its echo, throws it away and rings every channel', async () => {
    const doorbell = start({ echoTimeoutMs: 1_000 });
    await listening(doorbell);
    const before = proxy.connectionCount;
    rings.length = 0;
    proxy.freeze();
    await ringAt('rollcall_requests');
    await waitUntil('it came back', () => CHANNELS.every((channel) => rings.includes(channel)));
    rings.length = 0;
    await expectToHear('rollcall_requests');
    // One new connection; a second when the first took too long to answer on a busy machine. Never a storm of them.
    expect(proxy.connectionCount - before).toBeGreaterThan(0);
    expect(proxy.connectionCount - before).toBeLessThan(5);
  });

  it('goes on trying while connections are accepted and never answered', async () => {
    const doorbell = start({ echoTimeoutMs: 200 });
    await listening(doorbell);
    rings.length = 0;
    proxy.freezeNew();
    proxy.freeze();
    const before = proxy.connectionCount;
    await waitUntil('it tries again and again', () => proxy.connectionCount > before + 2);
    expect(rings).toEqual([]);
    expect(doorbell.state()).toBe('connecting');
    proxy.thaw();
    await waitUntil('it came back', () => CHANNELS.every((channel) => rings.includes(channel)));
  });

  it('keeps a connection that answers: no new one is made by its echoes', async () => {
    const doorbell = start({ echoIntervalMs: 5 });
    await listening(doorbell);
    // The administrator sees what other sessions last said.
    const admin = createPool({ connectionString: db.adminUrl, applicationName: 'test', onError: () => undefined });
    const sql = `select true from pg_stat_activity where application_name = 'rollcall-doorbell' and query like 'NOTIFY%'`;
    await waitUntil('an echo was sent', () => queryValue(admin, sql));
    await admin.end();
    for (let index = 0; index < 20; index += 1) await ringAt('rollcall_events');
    await rung('rollcall_events');
    expect(proxy.connectionCount).toBe(1);
  });

  it('starts while there is no server, and listens when there is one', async () => {
    const { port } = proxy;
    await proxy.close();
    const doorbell = start();
    expect(doorbell.state()).toBe('connecting');
    proxy = await startHalfOpenProxy({ port: Number(new URL(db.systemUrl).port) }, port);
    await listening(doorbell);
  });

  it('survives a restart of the server', async () => {
    const own = await startCluster();
    const database = await own.createDatabase();
    const doorbell = start({ connectionString: database.systemUrl });
    await listening(doorbell);
    rings.length = 0;
    await own.cluster.restart();
    await waitUntil('it came back', () => CHANNELS.every((channel) => rings.includes(channel)));
    await doorbell.close();
    await database.close();
    await own.close();
  });

  it('connects to nothing when it is off', async () => {
    const doorbell = start({ enabled: false });
    await db.system.query('select 1');
    expect(doorbell.state()).toBe('off');
    expect(proxy.connectionCount).toBe(0);
    expect(rings).toEqual([]);
    await doorbell.close();
  });

  it('closes also while its connection is dead or not there yet, and stays closed', async () => {
    const dead = start();
    await listening(dead);
    proxy.freeze();
    await dead.close();
    const starting = start();
    await starting.close();
    const connections = proxy.connectionCount;
    await db.system.query('select pg_sleep(0.3)');
    expect(proxy.connectionCount).toBe(connections);
    expect([dead.state(), starting.state()]).toEqual(['closed', 'closed']);
  });
});
