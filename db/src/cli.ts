import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadDatabaseConfig } from './config.js';
import { openInstallation } from './installation/open-installation.js';
import { rollBack } from './migrations/migrate.js';
import { dumpFreshSchema } from './schema/dump-fresh-schema.js';

const schemaFile = fileURLToPath(new URL('../schema.sql', import.meta.url));

const usage = `usage: node db/dist/cli.js COMMAND
  migrate          bring the installation's database to this version
  rollback [--all] take back the newest migration, or all of them with every row
  dump             write db/schema.sql from a throwaway database
  check-dump       fail when db/schema.sql is not what the migrations make
The installation is the embedded PostgreSQL in STATE_DIR (storage), or DATABASE_URL: of the environment or of .env.
`;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function run([command, option]: readonly string[]): Promise<number> {
  if (command === 'migrate') return migrateInstallation();
  if (command === 'rollback') return rollBackInstallation(option === '--all' ? 'all' : 'newest');
  if (command === 'dump') {
    await writeFile(schemaFile, await dumpFreshSchema());
    return 0;
  }
  if (command === 'check-dump') return checkDump();
  process.stderr.write(usage);
  return 2;
}

async function migrateInstallation(): Promise<number> {
  const installation = await openInstallation({ ...loadDatabaseConfig(process.env), log: print, requireDurable: true });
  await installation.close();
  print('The database is up to date.');
  return 0;
}

async function rollBackInstallation(scope: 'newest' | 'all'): Promise<number> {
  const installation = await openInstallation({ ...loadDatabaseConfig(process.env), log: print, existing: true });
  try {
    for (const name of await rollBack(installation.ownerUrl, scope)) print(`Taken back: ${name}`);
  } finally {
    await installation.close();
  }
  return 0;
}

async function checkDump(): Promise<number> {
  const [committed, fresh] = await Promise.all([readFile(schemaFile, 'utf8'), dumpFreshSchema()]);
  if (committed === fresh) return 0;
  const committedLines = committed.split('\n');
  const freshLines = fresh.split('\n');
  const line = freshLines.findIndex((text, index) => text !== committedLines[index]);
  process.stderr.write(
    `db/schema.sql is out of date: run "node db/dist/cli.js dump" and commit it. First difference in line ${line + 1}:\n` +
      `- ${committedLines[line] ?? ''}\n+ ${freshLines[line] ?? ''}\n`,
  );
  return 1;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
