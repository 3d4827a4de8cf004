import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const DEBIAN_PROGRAMS = '/usr/lib/postgresql';
const run = promisify(execFile);

const TABLE = `create table bench_single_rows (
  id uuid primary key, organization_id uuid not null, source_id uuid not null, captured_at timestamptz not null,
  received_at timestamptz not null, requested_by text not null, correlation_id uuid not null, image_key text not null)`;
const INSERT = `insert into bench_single_rows values (
  gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now(), now(), 'system bench', gen_random_uuid(),
  '00000000-0000-0000-0000-000000000000/2025-01/00000000-0000-0000-0000-000000000000');\n`;

/** The newest pgbench that Debian has installed here; undefined when there is none. */
export function findPgbench(): string | undefined {
  if (!existsSync(DEBIAN_PROGRAMS)) return undefined;
  const programs = readdirSync(DEBIAN_PROGRAMS).map((version) => join(DEBIAN_PROGRAMS, version, 'bin', 'pgbench'));
  return programs.filter((path) => existsSync(path)).at(-1);
}

/**
 * Rows a second that pgbench inserts one by one, each its own durable commit without a ring, on the same server.
 * @param folder for pgbench's script
 */
export async function measureSingleRowRate(
  pgbench: string,
  ownerUrl: string,
  folder: string,
  { connections, seconds }: { connections: number; seconds: number },
): Promise<number> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(TABLE);
    const script = join(folder, 'single-row.sql');
    await writeFile(script, INSERT);
    const counts = ['-c', String(connections), '-j', '2', '-T', String(seconds)];
    const { stdout } = await run(pgbench, [
      '-n',
      '-M',
      'prepared',
      ...counts,
      '-f',
      script,
      ownerUrl.replaceAll('+', '%20'),
    ]);
    const rate = /tps = ([\d.]+)/.exec(stdout)?.[1];
    if (rate === undefined) throw new Error(`pgbench told no rate: ${stdout}`);
    return Number(rate);
  } finally {
    await client.query('drop table if exists bench_single_rows');
    await client.end();
  }
}
