// npm run demo | eval | bench | backup | restore | verify-audit: a set-up check, then the program. Arguments go to it: npm run demo -- --people DIR
import { join } from 'node:path';
import { runNode } from './node-child.mjs';
import { reportFailure, setup } from './setup.mjs';
import { root } from './setup/paths.mjs';

const PROGRAMS = {
  demo: ['apps/cli/dist/main.js', 'demo'],
  eval: ['packages/recognition/dist/evaluate/cli.js'],
  bench: ['bench/dist/main.js'],
  'bench:acceptance': ['bench/dist/acceptance/main.js'],
  soak: ['bench/dist/soak.js'],
  'bench:event-log': ['bench/dist/event-log/main.js'],
  backup: ['apps/cli/dist/main.js', 'backup'],
  restore: ['apps/cli/dist/main.js', 'restore'],
  faults: ['tests/faults/dist/main.js'],
  'verify-audit': ['db/dist/audit/verify-audit-cli.js'],
  ledger: ['db/dist/ledger/ledger-cli.js'],
  replay: ['apps/cli/dist/main.js', 'replay'],
};

const [name = '', ...args] = process.argv.slice(2);
const program = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
if (program) {
  try {
    await setup();
    const [file, ...first] = program;
    // In the folder npm was called from: paths in arguments are the caller's.
    const cwd = process.env.INIT_CWD ?? process.cwd();
    process.exitCode = await runNode([join(root, file), ...first, ...args], { cwd });
  } catch (error) {
    process.exitCode = reportFailure(error);
  }
} else {
  process.stderr.write(`usage: node scripts/run.mjs ${Object.keys(PROGRAMS).join('|')} [arguments]\n`);
  process.exitCode = 2;
}
