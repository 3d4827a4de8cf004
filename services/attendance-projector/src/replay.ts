import { parseArgs } from 'node:util';
import { createPool } from '@rollcall/postgres';
import { ConfigError, createLogger } from '@rollcall/service-kit';
import { v7 as uuidV7 } from 'uuid';
import { loadProjectorConfig } from './config.js';
import { checksumAttendance } from './data-access/attendance-checksum.js';
import { findOrganization, listOrganizationIds } from './data-access/organizations.js';
import { replayOrganization } from './events/replay-organization.js';
import { createProjectorFigures } from './heartbeat/projector-figures.js';

const USAGE = `usage: node services/attendance-projector/dist/replay.js ORGANIZATION… | --all
Drops sightings and records of an organization (slug or id) and projects them again from the event log.
`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  process.exitCode = await replay();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 78;
}

async function replay(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { all: { type: 'boolean' } }, allowPositionals: true });
  if ((values.all === true) === positionals.length > 0) {
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
  });
  try {
    let failed = false;
    for (const name of values.all === true ? await listOrganizationIds(pool) : positionals) {
      const organization = await findOrganization(pool, name);
      if (organization === undefined) {
        process.stderr.write(`there is no organization ${name}\n`);
        failed = true;
        continue;
      }
      const figures = createProjectorFigures();
      const before = await checksumAttendance(pool, organization.id);
      say(`${organization.slug}: ${before.logs} sightings, ${before.records} records, checksum ${before.checksum}`);
      await replayOrganization({ pool, holder: uuidV7(), figures, logger }, organization.id);
      const after = await checksumAttendance(pool, organization.id);
      say(
        `${organization.slug}: ${after.logs} sightings, ${after.records} records, checksum ${after.checksum}, replayed`,
      );
    }
    return failed ? 1 : 0;
  } finally {
    await pool.end();
  }
}
