import { parseArgs } from 'node:util';
import { createPool } from '@rollcall/postgres';
import { loadDatabaseConfig } from '../config.js';
import { openInstallation } from '../installation/open-installation.js';
import { countLedger, type LedgerSpan } from './count-ledger.js';
import { describeLedger } from './describe-ledger.js';

const DAY_MS = 86_400_000;

const usage = `usage: npm run ledger [-- --from TIME] [--to TIME] [--organization SLUG] [--json]
What was accepted, decided and projected, and what waits. Without times: of the last 24 hours.
  --from TIME, --to TIME   taken in at TIME or later, before TIME: 2025-03-03 or 2025-03-03T08:00:00Z
  --organization SLUG      of one organization; without: of all
  --json                   for programs
Ends with 0 when all is well, 1 when something waits for longer than its organization's limit, 2 when it could not be counted.
`;

const options = {
  from: { type: 'string' },
  to: { type: 'string' },
  organization: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

async function run(): Promise<number> {
  const { values } = parseArgs({ options });
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  const to = readTime('to', values.to) ?? new Date();
  const from = readTime('from', values.from) ?? new Date(to.getTime() - DAY_MS);
  const ledgers = await count({ from, to, organization: values.organization });
  if (ledgers.length === 0) throw new Error('there is no organization yet');
  const lines = values.json === true ? [JSON.stringify(ledgers, undefined, 2)] : ledgers.flatMap(describeLedger);
  process.stdout.write(`${lines.join('\n')}\n`);
  return ledgers.some(({ over_limit }) => over_limit) ? 1 : 0;
}

async function count(span: LedgerSpan) {
  const installation = await openInstallation({ ...loadDatabaseConfig(process.env), existing: true });
  const pool = createPool({
    connectionString: installation.systemUrl,
    applicationName: 'rollcall ledger',
    max: 1,
    onError: () => undefined,
  });
  try {
    return await countLedger(pool, span);
  } finally {
    await pool.end();
    await installation.close();
  }
}

function readTime(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new Error(`--${name}: ${text} is no time`);
  return time;
}

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`The ledger could not be counted: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
