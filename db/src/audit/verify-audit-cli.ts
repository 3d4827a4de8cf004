import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { HEADS_FOLDER } from '@rollcall/audit-trail';
import { createPool } from '@rollcall/postgres';
import { loadDatabaseConfig } from '../config.js';
import { openInstallation } from '../installation/open-installation.js';
import { verifyAudit } from './verify-audit.js';

const usage = `usage: npm run verify-audit [-- --head FILE] [--write-head FILE]
Checks the audit trail of every organization and of the installation, line by line, and against the heads that are kept
daily in the storage.
  --head FILE        also against heads kept elsewhere: shows what was cut off since
  --write-head FILE  writes the heads as they are now, if nothing is wrong; keep the file outside this machine
Ends with 0 when all is well, 1 when a trail does not verify, 2 when it could not be checked.
`;

async function run(): Promise<number> {
  const options = { head: { type: 'string' }, 'write-head': { type: 'string' }, help: { type: 'boolean' } } as const;
  const { values } = parseArgs({ options });
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  const config = loadDatabaseConfig(process.env);
  const installation = await openInstallation({ ...config, existing: true });
  const pool = createPool({
    connectionString: installation.systemUrl,
    applicationName: 'rollcall verify-audit',
    max: 1,
    onError: () => undefined,
  });
  try {
    return await verifyAudit(pool, {
      headFile: values.head,
      headsFolder: join(config.storageRoot, HEADS_FOLDER),
      writeHeadFile: values['write-head'],
      print: (line) => void process.stdout.write(`${line}\n`),
      now: new Date(),
    });
  } finally {
    await pool.end();
    await installation.close();
  }
}

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`The trail could not be checked: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
