// How much memory a large export takes: `node bench/dist/export-memory.js [people] [days]` fills a throwaway database with
// generated records (5,000 people, 365 days unless told otherwise), starts a gateway of its own, takes the records out as
// CSV and as XLSX, and prints rows, bytes, seconds and the gateway's peak memory (Linux: VmHWM of /proc).
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pool } from '@rollcall/postgres';
import { buildOrganization, buildUser, startCluster, waitUntil } from '@rollcall/testkit';
import { hashSync } from 'bcryptjs';

const PASSWORD = randomBytes(16).toString('hex');
const EMAIL = 'export@example.test';
const PORTION_DAYS = 15;

const [people = 5_000, days = 365] = process.argv.slice(2).map(Number);
await measure(people, days);

async function measure(peopleCount: number, dayCount: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-export-'));
  const cluster = await startCluster();
  const database = await cluster.createDatabase();
  let gateway: ChildProcess | undefined;
  try {
    await fill(database.owner, peopleCount, dayCount);
    const port = await freePort();
    gateway = startGateway({ databaseUrl: database.gatewayUrl, folder, port });
    const url = `http://127.0.0.1:${String(port)}`;
    await waitUntil('the gateway', async () => (await fetch(`${url}/healthz`)).ok);
    const token = await signIn(url);
    console.log(`before: ${await memoryOf(gateway)}`);
    for (const format of ['csv', 'xlsx']) await takeOut(url, token, format, gateway);
  } finally {
    gateway?.kill();
    await database.close().catch(console.error);
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(owner: Pool, peopleCount: number, dayCount: number): Promise<void> {
  const organization = await buildOrganization(owner, { timezone: 'Europe/Berlin' });
  await buildUser(owner, organization.id, { roleId: 1, email: EMAIL, passwordHash: hashSync(PASSWORD, 4) });
  const client = await owner.connect();
  try {
    await client.query(
      `with person as (
         insert into users (id, organization_id, role_id, full_name)
         select gen_random_uuid(), $1, 3, 'Person ' || n from generate_series(1, $2) as n returning id, organization_id, full_name
       )
       insert into user_profiles (user_id, organization_id, employee_code, department)
       select id, organization_id, 'E-' || substr(full_name, 8), 'Hall ' || length(full_name) from person`,
      [organization.id, peopleCount],
    );
    // In portions, each well below the time-out of the pool.
    for (let from = 0; from < dayCount; from += PORTION_DAYS) {
      await client.query(
        `insert into attendance_records (id, organization_id, user_id, work_date, check_in_at, check_out_at, status, worked_minutes, source, event_id)
         select gen_random_uuid(), u.organization_id, u.id, date '2025-01-01' + n, timestamptz '2025-01-01 07:00Z' + make_interval(days => n),
           timestamptz '2025-01-01 15:00Z' + make_interval(days => n), 'present', 480, 'face', u.id
         from users u, generate_series($2::integer, $3::integer) as n
         where u.organization_id = $1 and u.role_id = 3`,
        [organization.id, from, Math.min(from + PORTION_DAYS, dayCount) - 1],
      );
    }
    await client.query('analyze attendance_records, users, user_profiles');
    console.log(`${String(peopleCount * dayCount)} records`);
  } finally {
    client.release();
  }
}

function startGateway(given: { readonly databaseUrl: string; readonly folder: string; readonly port: number }) {
  const main = fileURLToPath(new URL('../../services/gateway/dist/main.js', import.meta.url));
  const env = {
    DATABASE_URL: given.databaseUrl,
    SECRET_KEY: randomBytes(32).toString('hex'),
    STORAGE_ROOT: given.folder,
    PORT: String(given.port),
  };
  return spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

async function signIn(url: string): Promise<string> {
  const body = JSON.stringify({ email: EMAIL, password: PASSWORD });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/v1/auth/login`, { method: 'POST', headers, body });
  const answer = (await response.json()) as { data: { access_token: string } };
  return answer.data.access_token;
}

async function takeOut(url: string, token: string, format: string, gateway: ChildProcess): Promise<void> {
  const startedAt = performance.now();
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/v1/ops/attendance/export?format=${format}`, { headers });
  if (response.body === null || !response.ok) throw new Error(`the export answered ${String(response.status)}`);
  let [bytes, lines] = [0, 0];
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (format === 'csv') for (const byte of chunk) if (byte === 10) lines += 1;
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const counted = format === 'csv' ? `${String(lines)} lines, ` : '';
  console.log(`${format}: ${counted}${String(bytes)} bytes, ${seconds.toFixed(1)} s; ${await memoryOf(gateway)}`);
}

async function memoryOf({ pid }: ChildProcess): Promise<string> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  const read = (name: string) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1_024);
  return `now ${String(read('VmRSS'))} MiB, peak ${String(read('VmHWM'))} MiB`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
