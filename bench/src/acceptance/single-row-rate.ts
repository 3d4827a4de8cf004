import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { FRAMES_A_CALL } from './submission-rate.js';

const DEBIAN_PROGRAMS = '/usr/lib/postgresql';
const run = promisify(execFile);

/** One index, nothing referenced, the least columns that would name a frame and its image. */
const BARE_TABLE = `create table bench_single_rows (
  id uuid primary key, organization_id uuid not null, source_id uuid not null, captured_at timestamptz not null,
  received_at timestamptz not null, requested_by text not null, correlation_id uuid not null, image_key text not null)`;
const IMAGE_KEY = '00000000-0000-0000-0000-000000000000/2025-01/00000000-0000-0000-0000-000000000000';

export interface SingleRowOrder {
  /** With the cameras that `measureSubmissionRate` has made known, by as many connections. */
  readonly organizationId: string;
  readonly connections: number;
  /** For each of the tables. */
  readonly seconds: number;
}

export interface SingleRowRates {
  /** Rows a second into `recognition_requests`: what a frame leaves there, without its event. */
  readonly sameTable: number;
  /** Rows a second into a table of one index and no foreign key. */
  readonly bareTable: number;
}

/** The newest pgbench that Debian has installed here; undefined when there is none. */
export function findPgbench(): string | undefined {
  if (!existsSync(DEBIAN_PROGRAMS)) return undefined;
  const programs = readdirSync(DEBIAN_PROGRAMS).map((version) => join(DEBIAN_PROGRAMS, version, 'bin', 'pgbench'));
  return programs.filter((path) => existsSync(path)).at(-1);
}

/**
 * Rows that pgbench inserts one by one, each its own durable commit without a ring, on the same server.
 *
 * @param folder for pgbench's scripts
 */
export async function measureSingleRowRates(
  pgbench: string,
  ownerUrl: string,
  folder: string,
  order: SingleRowOrder,
): Promise<SingleRowRates> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(BARE_TABLE);
    // Ids in the order of time, as ours are, where the server can make them.
    const { rows } = await client.query<{ id: string }>(
      `select case when to_regprocedure('uuidv7()') is null then 'gen_random_uuid()' else 'uuidv7()' end as id`,
    );
    const id = rows[0]?.id ?? '';
    const rate = async (script: string, table: string): Promise<number> => {
      const before = await countRows(client, table);
      const ran = await runPgbench(pgbench, ownerUrl, join(folder, 'single-row.sql'), { ...order, script });
      const inserted = (await countRows(client, table)) - before;
      // A transaction that finds no camera inserts nothing and counts all the same.
      if (inserted !== ran.transactions) {
        throw new Error(`${table}: ${String(inserted)} rows in ${String(ran.transactions)} transactions`);
      }
      return ran.perSecond;
    };
    return {
      sameTable: await rate(insertFrame(id, order.organizationId), 'recognition_requests'),
      bareTable: await rate(insertBareRow(id), 'bench_single_rows'),
    };
  } finally {
    await client.query('drop table if exists bench_single_rows');
    await client.end();
  }
}

/** From the cameras of `measureSubmissionRate`: a source has to be looked up, and is referenced. */
function insertFrame(id: string, organizationId: string): string {
  return String.raw`\set camera random(0, ${String(FRAMES_A_CALL - 1)})
insert into recognition_requests (
  id, organization_id, source_id, priority, mode, captured_at, received_at, late_arrival, requested_by, correlation_id,
  request_event_id, image_key, image_sha256, image_content_type, image_bytes, image_width, image_height)
select ${id}, s.organization_id, s.id, 0, 'single', now(), now(), false, 'system bench', ${id},
  ${id}, '${IMAGE_KEY}', decode('${'00'.repeat(32)}', 'hex'), 'image/jpeg', 40000, 1280, 720
from sources as s
where s.organization_id = '${organizationId}' and s.source_type = 'camera'
  and s.external_id = 'rate-' || cast(:client_id as text) || '-' || cast(:camera as text);
`;
}

function insertBareRow(id: string): string {
  return `insert into bench_single_rows values (
  ${id}, gen_random_uuid(), gen_random_uuid(), now(), now(), 'system bench', gen_random_uuid(), '${IMAGE_KEY}');
`;
}

async function runPgbench(
  pgbench: string,
  ownerUrl: string,
  scriptPath: string,
  { connections, seconds, script }: SingleRowOrder & { script: string },
): Promise<{ perSecond: number; transactions: number }> {
  await writeFile(scriptPath, script);
  const counts = ['-c', String(connections), '-j', '2', '-T', String(seconds)];
  const args = ['-n', '-M', 'prepared', ...counts, '-f', scriptPath, ownerUrl.replaceAll('+', '%20')];
  const { stdout } = await run(pgbench, args);
  const rate = /tps = ([\d.]+)/.exec(stdout)?.[1];
  const transactions = /transactions actually processed: (\d+)/.exec(stdout)?.[1];
  if (rate === undefined || transactions === undefined) throw new Error(`pgbench told no rate: ${stdout}`);
  return { perSecond: Number(rate), transactions: Number(transactions) };
}

async function countRows(client: pg.Client, table: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>(`select count(*) from ${table}`);
  return Number(rows[0]?.count);
}
