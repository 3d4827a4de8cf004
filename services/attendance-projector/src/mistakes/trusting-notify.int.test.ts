import { ringEvents } from '@rollcall/event-log';
import { createDoorbell } from '@rollcall/postgres';
import {
  createTestDatabase,
  startHalfOpenProxy,
  waitUntil,
  type HalfOpenProxy,
  type TestDatabase,
} from '@rollcall/testkit';
import pg from 'pg';
import { v7 as uuidV7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeProjection, type Projection } from '../events/compose-projection.js';
import { buildScene, type Scene } from '../events/projection-fixture.test.js';
import { createProjectorFigures } from '../heartbeat/projector-figures.js';
import { NO_POLL_MS, wakeByNotifyAlone } from './wake-by-notify-alone.test.js';

const silent = { warn: () => undefined, error: () => undefined, info: () => undefined };
let db: TestDatabase;
let scene: Scene;
let proxy: HalfOpenProxy;
let listenUrl: string;
/** Hears what the database rings, on a connection that lives. */
let witness: pg.Client;
let heard: number;

beforeEach(async () => {
  db = await createTestDatabase();
  scene = await buildScene(db);
  const url = new URL(db.systemUrl);
  proxy = await startHalfOpenProxy({ host: url.hostname, port: Number(url.port) });
  url.host = `127.0.0.1:${proxy.port}`;
  listenUrl = url.href;
  heard = 0;
  witness = new pg.Client({ connectionString: db.systemUrl });
  await witness.connect();
  await witness.query('listen rollcall_events');
  witness.on('notification', () => (heard += 1));
});
afterEach(async () => {
  await witness.end();
  await proxy.close();
  await db.close();
});

function startProjection(pollIntervalMs: number): Projection {
  const parts = { pool: db.system, holder: uuidV7(), figures: createProjectorFigures(), logger: silent as never };
  const projection = composeProjection({ ...parts, pollIntervalMs });
  projection.start();
  return projection;
}

const sightings = (): Promise<number> => scene.count('attendance_logs');

/** The first frame comes while all is well, the second after the listener's connection has died without a word. */
async function seeTwice(): Promise<void> {
  await scene.append(scene.seen('2025-03-03T09:00:00Z', scene.ada));
  await ringEvents(db.system as never);
  await waitUntil('the first frame is projected', async () => (await sightings()) === 1);
  expect(proxy.freeze()).toBe(1);
  const before = heard;
  await scene.append(scene.seen('2025-03-03T17:00:00Z', scene.ben));
  await ringEvents(db.system as never);
  await waitUntil('the ring was sent', () => heard > before);
}

describe('a listener whose connection died without a word', () => {
  it('costs no frame: the poll finds what nobody rang for', async () => {
    const projection = startProjection(50);
    const doorbell = createDoorbell({
      ...{ connectionString: listenUrl, channels: ['rollcall_events'], enabled: true, logger: silent },
      // Found out far later than the test lives: it is the poll alone that helps here.
      ...{ echoIntervalMs: NO_POLL_MS, onRing: () => projection.ring() },
    });
    doorbell.start();
    await waitUntil('the doorbell listens', () => doorbell.state() === 'listening');
    await seeTwice();
    await waitUntil('the second frame is projected', async () => (await sightings()) === 2);
    await doorbell.close();
    await projection.stop();
  });

  it('costs no frame without a poll either: the echo stays out, and a new connection rings for what was missed', async () => {
    const projection = startProjection(NO_POLL_MS);
    const doorbell = createDoorbell({
      ...{ connectionString: listenUrl, channels: ['rollcall_events'], enabled: true, logger: silent },
      ...{ echoIntervalMs: 100, echoTimeoutMs: 1_000, onRing: () => projection.ring() },
    });
    doorbell.start();
    await waitUntil('the doorbell listens', () => doorbell.state() === 'listening');
    await seeTwice();
    await waitUntil('the second frame is projected', async () => (await sightings()) === 2);
    await doorbell.close();
    await projection.stop();
  });

  it('leaves a frame lying for ever when NOTIFY alone is trusted', async () => {
    const projection = startProjection(NO_POLL_MS);
    const listening = await wakeByNotifyAlone(listenUrl, projection);
    await seeTwice();
    // Others have heard the ring; on this way it cannot come any more.
    expect(await sightings()).toBe(1);
    // Nothing but the wake-up was missing.
    projection.ring();
    await waitUntil('the second frame is projected', async () => (await sightings()) === 2);
    listening.close();
    await projection.stop();
  });
});
