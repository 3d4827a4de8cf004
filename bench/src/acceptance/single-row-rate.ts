import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const DEBIAN_PROGRAMS = '/usr/lib/postgresql';
const run = promisify(execFile);

/** A table as small as one can be that keeps what a frame is: one index, nothing referenced. */
const BARE_TABLE = `create table bench_single_rows (
  id uuid primary key, organization_id uuid not null, source_id uuid not null, captured_at timestamptz not null,
  received_at timestamptz not null, requested_by text not null, correlation_id uuid not null, image_key text not null)`;
const IMAGE_KEY = '00000000-0000-0000-0000-000000000000/2025-01/00000000-0000-0000-0000-000000000000';

export interface SingleRowOrder {
  /** With the cameras that `measureSubmissionRate` has made known. */
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
    const rate = (script: string) =>
      runPgbench(pgbench, ownerUrl, join(folder, 'single-row.sql'), { ...order, script });
    return {
      sameTable: await rate(insertFrame(id, order.organizationId)),
      bareTable: await rate(insertBareRow(id)),
    };
  } finally {
    await client.query('drop table if exists bench_single_rows');
    await client.end();
  }
}

/** From a camera of the connection's own, as in `measureSubmissionRate`: no two wait for each other's source. */
function insertFrame(id: string, organizationId: string): string {
  return String.raw`\set camera random(0, 99)
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
): Promise<number> {
  await writeFile(scriptPath, script);
  const counts = ['-c', String(connections), '-j', '2', '-T', String(seconds)];
  const args = ['-n', '-M', 'prepared', ...counts, '-f', scriptPath, ownerUrl.replaceAll('+', '%20')];
  const { stdout } = await run(pgbench, args);
  const rate = /tps = ([\d.]+)/.exec(stdout)?.[1];
  if (rate === undefined) throw new Error(`pgbench told no rate: ${stdout}`);
  return Number(rate);
}
