import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EVENT_ARCHIVE_FOLDER } from '@rollcall/event-log';
import { createPool } from '@rollcall/postgres';
import { ConfigError, createLogger } from '@rollcall/service-kit';
import { v7 as uuidV7 } from 'uuid';
import { loadProjectorConfig, type ProjectorConfig } from './config.js';
import { checksumAttendance } from './data-access/attendance-checksum.js';
import { findOrganization, listOrganizationIds } from './data-access/organizations.js';
import { checkOrganization } from './events/check-organization.js';
import { createEventSource } from './events/event-source.js';
import { replayOrganization } from './events/replay-organization.js';
import { createProjectorFigures } from './heartbeat/projector-figures.js';
import { describeCheck } from './domain/describe-check.js';
import { openShadowProjection } from './projections/shadow-projection.js';

const USAGE = `usage: npm run replay -- [--check] ORGANIZATION… | --organization ORGANIZATION | --all
Drops sightings and records of an organization (slug or id) and projects them again from the event log, its archive included.
  --check  drops nothing: projects them again beside the present ones and compares the two. Of every organization when none
           is named. Ends with 1 when they differ, and names the first days that do.
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
      organization: { type: 'string', multiple: true, default: [] },
    },
    allowPositionals: true,
  });
  const named = [...values.organization, ...positionals];
  const all = values.all || (values.check && named.length === 0);
  if (all === named.length > 0) {
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
    const well = values.check
      ? await checkAll(pool, config, organizations)
      : await replayAll(pool, config, organizations, logger);
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
      holder: uuidV7(),
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
  const shadow = await openShadowProjection(config.databaseUrl);
  try {
    const source = createEventSource(pool, archiveOf(config));
    for (const { id, slug } of organizations) {
      try {
        const { equal, lines } = describeCheck(slug, await checkOrganization({ pool, source, shadow }, id));
        lines.forEach(say);
        well &&= equal;
      } catch (error) {
        complain(`${slug}: cannot be checked: ${(error as Error).message}`);
        well = false;
      }
    }
  } finally {
    await shadow.close();
  }
  return well;
}
