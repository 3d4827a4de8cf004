import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ringEvents } from '@rollcall/event-log';
import { createTestDatabase, queryValue, waitUntil, type TestDatabase } from '@rollcall/testkit';
import { ServiceProcess } from '@rollcall/testkit/rollcall';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildScene, type Scene } from './events/projection-fixture.test.js';

// The built service, as it is started by `npm start`.
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const replay = fileURLToPath(new URL('../dist/replay.js', import.meta.url));

let db: TestDatabase;
let folder: string;
let scene: Scene;
let started: ServiceProcess[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'rollcall-projector-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await db.close();
});
beforeEach(async () => {
  scene = await buildScene(db);
});
afterEach(async () => {
  await Promise.all(started.map((service) => service.stop('SIGKILL')));
  started = [];
  await db.owner.query('delete from worker_heartbeats');
});

function environment(given: Record<string, string> = {}): Record<string, string> {
  return { NODE_ENV: 'test', DATABASE_URL: db.systemUrl, STORAGE_ROOT: join(folder, 'objects'), ...given };
}

async function start(given: Record<string, string> = {}): Promise<ServiceProcess> {
  const service = ServiceProcess.start('attendance-projector', environment(given), join(folder, 'projector.log'));
  started.push(service);
  await waitUntil('the heartbeat beats', () => figuresOf(service));
  return service;
}

function figuresOf(service: ServiceProcess) {
  const sql = 'select figures from worker_heartbeats where pid = $1';
  return queryValue<Record<string, unknown>>(db.system, sql, [service.pid]);
}

async function seeAda(capturedAt: string): Promise<void> {
  await scene.append(scene.seen(capturedAt, scene.ada));
  await ringEvents(db.system as never);
}

const projected = (sightings: number) =>
  waitUntil(`${sightings} sighting(s)`, async () => (await scene.count('attendance_logs')) === sightings);

describe('the service', () => {
  it('projects, tells how it is doing, and ends in good order', async () => {
    const service = await start();
    await seeAda('2025-03-03T09:00:00Z');
    await projected(1);
    const figures = await waitUntil('the figures tell of it', async () => {
      const told = await figuresOf(service);
      // What it is behind is read before what it has projected: both at rest tell of the same moment.
      return Number(told?.['events_projected']) >= 1 && told?.['organizations_behind'] === 0 && told;
    });
    expect(figures).toMatchObject({
      doorbell: 'listening',
      organizations_behind: 0,
      lag_seconds: 0,
      events_skipped: 0,
    });
    expect(await service.stop('SIGTERM')).toBe('0');
    expect(await figuresOf(service)).toBeUndefined();
    expect(await queryValue(db.system, 'select count(*)::int from projection_leases where leased_until > now()')).toBe(
      0,
    );
  });

  it('works without the doorbell', async () => {
    const service = await start({ DOORBELL: 'off' });
    await seeAda('2025-03-03T09:00:00Z');
    await projected(1);
    expect(await figuresOf(service)).toMatchObject({ doorbell: 'off' });
  });

  it('is taken over by another one after it was killed', async () => {
    const first = await start();
    await seeAda('2025-03-03T09:00:00Z');
    await projected(1);
    const second = await start();
    await first.stop('SIGKILL');
    await seeAda('2025-03-03T17:00:00Z');
    await projected(2);
    expect(second.isRunning).toBe(true);
  });

  it('is taken over by another one when it hangs in the midst of a batch, and writes nothing when it wakes up', async () => {
    const first = await start();
    await seeAda('2025-03-03T09:00:00Z');
    await projected(1);
    const second = await start();
    const blocker = await db.owner.connect();
    await blocker.query('begin; lock table attendance_logs in access exclusive mode');
    await seeAda('2025-03-03T17:00:00Z');
    const waiting = `select count(*)::int from pg_locks where relation = 'attendance_logs'::regclass and not granted`;
    await waitUntil('its batch waits', async () => ((await queryValue<number>(db.owner, waiting)) ?? 0) > 0);
    const holder = await queryValue<string>(
      db.owner,
      `select w.pid::text from projection_leases l join worker_heartbeats w on w.worker_id = l.holder
       where l.organization_id = $1`,
      [scene.organizationId],
    );
    const [hanging, other] = Number(holder) === first.pid ? [first, second] : [second, first];
    process.kill(hanging.pid, 'SIGSTOP');
    await blocker.query('commit');
    blocker.release();
    await projected(2);
    expect(other.isRunning).toBe(true);
    const records = await scene.records();
    process.kill(hanging.pid, 'SIGCONT');
    await seeAda('2025-03-03T18:00:00Z');
    await projected(3);
    expect(await scene.records()).toHaveLength(records.length);
    expect(hanging.isRunning).toBe(true);
  });

  it('ends when its parent is gone', async () => {
    const child = fork(main, { env: environment(), stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const exited = once(child, 'exit');
    const beats = 'select count(*)::int from worker_heartbeats where pid = $1';
    await waitUntil('the heartbeat beats', async () => (await queryValue(db.system, beats, [child.pid])) === 1);
    child.disconnect();
    expect(await exited).toEqual([0, null]);
  });

  it('says what is wrong with its environment and does not start', async () => {
    const service = ServiceProcess.start('attendance-projector', { DOORBELL: 'loud' }, join(folder, 'refused.log'));
    await waitUntil('it ends', () => !service.isRunning);
    expect(await service.stop()).toBe('78');
    expect(service.output()).toMatch(/DATABASE_URL is not set.*\n.*DOORBELL is "loud"/s);
  });

  it('replays an organization by its slug from the command line', async () => {
    await start();
    await seeAda('2025-03-03T09:00:00Z');
    await projected(1);
    const before = await scene.checksum();
    const slug = await queryValue<string>(db.system, 'select slug from organizations where id = $1', [
      scene.organizationId,
    ]);
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [replay, String(slug)], { env: environment() });
    expect(stdout.trim().split('\n')).toEqual([
      `${String(slug)}: 1 sightings, 1 records, checksum ${before.checksum}`,
      `${String(slug)}: 1 sightings, 1 records, checksum ${before.checksum}, replayed`,
    ]);

    const check = [replay, '--check', '--organization', String(slug)];
    const { stdout: same } = await run(process.execPath, check, { env: environment() });
    expect(same).toMatch(
      /: 1 sightings, 1 records, checksum (\w+), live\n.* checksum \1, from the event log: the same\n$/,
    );
    await db.owner.query("update attendance_records set status = 'absent' where organization_id = $1", [
      scene.organizationId,
    ]);
    await expect(run(process.execPath, check, { env: environment() })).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/THEY DIFFER\n {2}2025-03-03: 1 records, with other contents\n$/) as unknown,
    });

    const beside = [replay, '--beside', '--organization', String(slug)];
    const { stdout: swapped } = await run(process.execPath, beside, { env: environment() });
    expect(swapped.trim().split('\n').slice(1)).toEqual([
      `${String(slug)}: 1 sightings, 1 records, checksum ${before.checksum}, replayed beside`,
      '  0 sightings and 1 records differed and were put right, in 1 transaction',
    ]);
    const both = run(process.execPath, [replay, '--beside', '--check'], { env: environment() });
    await expect(both).rejects.toMatchObject({ code: 64 });
  });
});
