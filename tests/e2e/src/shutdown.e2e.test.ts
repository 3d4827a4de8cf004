import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { frames } from '@rollcall/sample-photos';
import {
  ApiClient,
  checkedFetch,
  freePort,
  startRollcall,
  waitUntil,
  type RunningRollcall,
} from '@rollcall/testkit/rollcall';
import got from 'got';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CLIENTS = 6;

let rollcall: RunningRollcall;
let database: pg.Client;
let token: string;
const ports = { worker: 0, projector: 0 };
beforeAll(async () => {
  ports.worker = await freePort();
  ports.projector = await freePort();
  rollcall = await startRollcall({
    serviceEnv: {
      gateway: { SHUTDOWN_NOTICE_MS: '5000' },
      'face-worker': { FACE_WORKER_METRICS_PORT: String(ports.worker) },
      'attendance-projector': { PROJECTOR_METRICS_PORT: String(ports.projector) },
    },
  });
  database = new pg.Client({ connectionString: rollcall.ownerUrl, application_name: 'the test' });
  await database.connect();
  token = await new ApiClient(rollcall.url).login(rollcall.admin.email, rollcall.admin.password);
});
afterAll(async () => {
  await database.end();
  await rollcall.close();
});

const processOf = (name: string) => {
  const found = rollcall.processes.find((service) => service.name === name && service.isRunning);
  if (found === undefined) throw new Error(`no ${name} runs`);
  return found;
};

/** Sends frames one after the other for as long as the gateway says that it is ready, as behind a balancer. */
async function sendWhileReady(client: number, isReady: () => boolean, sent: Map<string, number>): Promise<void> {
  const [frame] = await frames();
  if (frame === undefined) throw new Error('there are no sample photos');
  const api = new ApiClient(rollcall.url);
  const start = Date.parse('2026-03-02T08:00:00Z') + client * 3_600_000;
  for (let number = 0; isReady(); number += 1) {
    const timestamp = new Date(start + number * 1_000).toISOString();
    // What is cut throws.
    const answer = await api.recognize<{ recognition_id: string }>(token, {
      ...{ image: frame.bytes, sourceId: `gate-${String(client)}`, timestamp },
    });
    sent.set(answer.body.data.recognition_id, answer.status);
  }
}

async function claimed(): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    "select count(*)::int as count from recognition_requests where status = 'processing'",
  );
  return rows[0]?.count ?? 0;
}

/** Stops the worker's process in a moment in which it holds frames: it still holds them when it is told to end. */
async function freezeWorkerAtWork(): Promise<void> {
  const { pid } = processOf('face-worker');
  await waitUntil('the worker holds frames', async () => {
    process.kill(pid, 'SIGSTOP');
    if ((await claimed()) > 0) return true;
    process.kill(pid, 'SIGCONT');
    return false;
  });
}

/** What gateway, face worker and projector say of themselves. */
async function readiness(): Promise<number[]> {
  const others = Object.values(ports).map(async (port) => {
    const { statusCode } = await got(`http://127.0.0.1:${String(port)}/readyz`, { throwHttpErrors: false });
    return statusCode;
  });
  return Promise.all([checkedFetch(`${rollcall.url}/readyz`).then(({ status }) => status), ...others]);
}

describe('readiness', () => {
  it('tells of each service whether it can do its work', async () => {
    const everyoneSays = (status: number) => async () => (await readiness()).every((said) => said === status);
    await waitUntil('everybody is ready', everyoneSays(200));
    const objects = join(rollcall.stateDir, 'objects');
    // The storage is gone; something else stands in its place.
    await rename(objects, `${objects}-away`);
    await writeFile(objects, '');
    await waitUntil('nobody is ready', everyoneSays(503));
    await rm(objects);
    await rename(`${objects}-away`, objects);
    await waitUntil('everybody is ready again', everyoneSays(200));
  });
});

describe('a Rollcall that is stopped in the middle of its work', () => {
  it('cuts no call: it is not ready first, answers everybody who asked, and ends streams and long polls', async () => {
    let ready = true;
    const sent = new Map<string, number>();
    const clients = Array.from({ length: CLIENTS }, (_, client) => sendWhileReady(client, () => ready, sent));
    const authorization = `Bearer ${token}`;
    const stream = got.stream(`${rollcall.url}/v1/events/stream?start=now`, {
      headers: { authorization },
      retry: { limit: 0 },
    });
    const streamEnded = new Promise<string>((resolve) => {
      stream.once('end', () => resolve('ended'));
      stream.once('error', (error) => resolve(error.message));
      stream.resume();
    });
    const poll = checkedFetch(`${rollcall.url}/v1/events?start=now&wait=30&types=user.deleted`, {
      headers: { authorization },
    });
    await waitUntil('frames flow', () => sent.size > 3 * CLIENTS);
    await freezeWorkerAtWork();

    const gateway = processOf('gateway');
    const stopped = gateway.stop('SIGTERM', 30_000);
    const stages: number[] = [];
    await waitUntil('the gateway says that it is not ready', async () => {
      stages.push((await checkedFetch(`${rollcall.url}/readyz`)).status);
      return stages.at(-1) === 503;
    });
    ready = false;
    await Promise.all(clients);
    expect((await poll).status).toBe(200);
    expect(await streamEnded).toBe('ended');
    expect(await stopped).toBe('0');
    expect(gateway.output()).not.toContain('past the deadline');

    expect(new Set(sent.values())).toEqual(new Set([202]));
    const { rows } = await database.query<{ count: number }>(
      'select count(*)::int as count from recognition_requests where id = any($1::uuid[])',
      [[...sent.keys()]],
    );
    expect(rows[0]?.count).toBe(sent.size);
  });

  it('gives back what it had claimed, and leaves no connection', async () => {
    expect(await claimed()).toBeGreaterThan(0);
    const worker = processOf('face-worker');
    const stopped = worker.stop('SIGTERM', 30_000);
    process.kill(worker.pid, 'SIGCONT');
    expect(await stopped).toBe('0');
    // Every frame is either decided or waits: none is left to a lease that has to run out.
    expect(await claimed()).toBe(0);
    expect(await processOf('attendance-projector').stop('SIGTERM', 30_000)).toBe('0');
    const { rows } = await database.query<{ application_name: string }>(
      "select application_name from pg_stat_activity where application_name like 'rollcall%' and datname = current_database()",
    );
    expect(rows).toEqual([]);
    const open = await database.query("select from worker_heartbeats where beat_at > now() - interval '1 minute'");
    expect(open.rowCount).toBe(0);
  });
});
