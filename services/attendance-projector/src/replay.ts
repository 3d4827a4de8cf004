import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EVENT_ARCHIVE_FOLDER } from '@rollcall/event-log';
import { createPool } from '@rollcall/postgres';
import { ConfigError, createLogger, newId } from '@rollcall/service-kit';
import { loadProjectorConfig, type ProjectorConfig } from './config.js';
import { checksumAttendance } from './data-access/attendance-checksum.js';
import { findOrganization, listOrganizationIds } from './data-access/organizations.js';
import { checkOrganization } from './events/check-organization.js';
import { createEventSource } from './events/event-source.js';
import { replayBeside } from './events/replay-beside.js';
import { replayOrganization } from './events/replay-organization.js';
import { createProjectorFigures } from './heartbeat/projector-figures.js';
import { describeBeside } from './domain/describe-beside.js';
import { describeCheck } from './domain/describe-check.js';
import { openShadowProjection, type ShadowProjection } from './projections/shadow-projection.js';

const USAGE = `usage: npm run replay -- [--check | --beside] ORGANIZATION… | --organization ORGANIZATION | --all
Drops sightings and records of an organization (slug or id) and projects them again from the event log, its archive included.
  --check   drops nothing: projects them again beside the present ones and compares the two. Ends with 1 when they differ,
            and names the first days that do.
  --beside  drops nothing first: projects them again beside the present ones, while projectors go on, and then puts what
            came out in their place. Attendance is there and complete all the while.
Both take every organization when none is named.
`;

type Organization = NonNullable<Awaited<ReturnType<typeof findOrganization>>>;
type Pool = ReturnType<typeof createPool>;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

try {
  process.exitCode = await run();
} catch (error) {
  const isUsage = (error as { code?: unknown }).code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
  if (!(error instanceof ConfigError) && !isUsage) throw error;
  complain((error as Error).message);
  process.exitCode = isUsage ? 64 : 78;
}

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      all: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      beside: { type: 'boolean', default: false },
      organization: { type: 'string', multiple: true, default: [] },
    },
    allowPositionals: true,
  });
  const named = [...values.organization, ...positionals];
  const all = values.all || ((values.check || values.beside) && named.length === 0);
  if (all === named.length > 0 || (values.check && values.beside)) {
    process.stderr.write(USAGE);
    return 64;
  }
  const config = loadProjectorConfig();
  const logger = createLogger({ service: 'attendance-projector', level: config.logLevel });
  const pool = createPool({
    connectionString: config.databaseUrl,
    applicationName: 'rollcall replay',
    max: 2,
    onError: (error) => logger.warn({ err: error }, 'an idle database connection broke'),
    // Checksums of a large organization take longer than any statement of a service may.
    queryTimeoutMs: 3_660_000,
    settings: { statement_timeout: '60min' },
  });
  try {
    const organizations: Organization[] = [];
    let failed = false;
    for (const name of all ? await listOrganizationIds(pool) : named) {
      const organization = await findOrganization(pool, name);
      if (organization === undefined) {
        complain(`there is no organization ${name}`);
        failed = true;
      } else organizations.push(organization);
    }
    const way = values.check ? checkAll : values.beside ? replayAllBeside : replayAll;
    const well = await way(pool, config, organizations, logger);
    return well && !failed ? 0 : 1;
  } finally {
    await pool.end();
  }
}

function archiveOf(config: ProjectorConfig): string {
  return join(config.storageRoot, EVENT_ARCHIVE_FOLDER);
}

async function replayAll(
  pool: Pool,
  config: ProjectorConfig,
  organizations: readonly Organization[],
  logger: ReturnType<typeof createLogger>,
): Promise<boolean> {
  for (const { id, slug } of organizations) {
    const before = await checksumAttendance(pool, id);
    say(`${slug}: ${before.logs} sightings, ${before.records} records, checksum ${before.checksum}`);
    const parts = {
      pool,
      holder: newId(),
      figures: createProjectorFigures(),
      logger,
      archiveFolder: archiveOf(config),
    };
    await replayOrganization(parts, id);
    const after = await checksumAttendance(pool, id);
    say(`${slug}: ${after.logs} sightings, ${after.records} records, checksum ${after.checksum}, replayed`);
  }
  return true;
}

/** Each of them, also when an earlier one differs or cannot be checked. */
async function checkAll(pool: Pool, config: ProjectorConfig, organizations: readonly Organization[]): Promise<boolean> {
  let well = true;
  const source = createEventSource(pool, archiveOf(config));
  for (const { id, slug } of organizations) {
    try {
      const check = await withShadow(config, 'rollcall replay --check', (shadow) =>
        checkOrganization({ pool, source, shadow }, id),
      );
      const { equal, lines } = describeCheck(slug, check);
      lines.forEach(say);
      well &&= equal;
    } catch (error) {
      complain(`${slug}: cannot be checked: ${(error as Error).message}`);
      well = false;
    }
  }
  return well;
}

/** Each of them, also when an earlier one cannot be. */
async function replayAllBeside(
  pool: Pool,
  config: ProjectorConfig,
  organizations: readonly Organization[],
): Promise<boolean> {
  let well = true;
  const source = createEventSource(pool, archiveOf(config));
  for (const { id, slug } of organizations) {
    try {
      const before = await checksumAttendance(pool, id);
      say(`${slug}: ${before.logs} sightings, ${before.records} records, checksum ${before.checksum}`);
      const outcome = await withShadow(config, 'rollcall replay --beside', (shadow) =>
        replayBeside({ pool, source, shadow }, id),
      );
      const after = await checksumAttendance(pool, id);
      say(`${slug}: ${after.logs} sightings, ${after.records} records, checksum ${after.checksum}, replayed beside`);
      describeBeside(outcome).forEach((line) => say(`  ${line}`));
    } catch (error) {
      complain(`${slug}: cannot be replayed beside: ${(error as Error).message}`);
      well = false;
    }
  }
  return well;
}

/** A connection an organization: one that breaks costs the others nothing. */
async function withShadow<Result>(
  config: ProjectorConfig,
  applicationName: string,
  work: (shadow: ShadowProjection) => Promise<Result>,
): Promise<Result> {
  const shadow = await openShadowProjection(config.databaseUrl, applicationName);
  try {
    return await work(shadow);
  } finally {
    await shadow.close();
  }
}
