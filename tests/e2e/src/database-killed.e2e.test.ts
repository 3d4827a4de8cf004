import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { frames } from '@rollcall/sample-photos';
import { waitUntil } from '@rollcall/testkit/rollcall';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Recognized } from './people.js';
import { startInstalled, type StartedRollcall } from './started-rollcall.js';

let stateDir: string;
let rollcall: StartedRollcall;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'rollcall-database-killed-'));
  rollcall = await startInstalled({ STATE_DIR: stateDir });
});
afterAll(async () => {
  await rollcall.stop();
  await rm(stateDir, { recursive: true, force: true });
});

/** Number of the embedded server's first process. */
async function postmasterPid(): Promise<number> {
  const read = (file: string) => readFile(join(stateDir, file), 'utf8');
  const { superuser: password } = JSON.parse(await read('secrets/database.json')) as { superuser: string };
  const port = Number(await read('postgres-port'));
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'rollcall' });
  await client.connect();
  const { rows } = await client.query<{ data_directory: string }>('show data_directory');
  await client.end();
  const file = await readFile(join(rows[0]?.data_directory ?? '', 'postmaster.pid'), 'utf8');
  return Number(file.split('\n')[0]);
}

it('an embedded database that is killed is started again, and frames are recognized as before', async () => {
  const { api } = rollcall;
  const token = await api.login('admin@rollcall.local', rollcall.password ?? '');
  const [frame] = await frames();
  if (frame === undefined) throw new Error('no sample frames');
  const before = await postmasterPid();
  process.kill(before, 'SIGKILL');
  const id = await waitUntil('a frame is taken in', async () => {
    const sent = await api
      .recognize<Recognized>(token, { image: frame.bytes, sourceId: 'gate-1', timestamp: new Date().toISOString() })
      .catch(() => undefined);
    return sent?.status === 202 && sent.body.data.recognition_id;
  });
  await waitUntil('it is recognized', async () => {
    const answer = await api.call<Recognized>('GET', `/faces/recognitions/${id}`, { token });
    return answer.status === 200 && answer.body.data.status === 'completed';
  });
  expect(await postmasterPid()).not.toBe(before);
  const { code, output } = await rollcall.stop();
  expect(code).toBe(0);
  expect(output).toContain('PostgreSQL has ended; it is started again');
  expect(output).toMatch(/PostgreSQL runs again on port \d+/);
});
