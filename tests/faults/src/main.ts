import { allFaults } from './faults/all-faults.js';
import { readOptions, usage, type SuiteOptions } from './plan/options.js';
import { runSuite } from './run-suite.js';
import { enterMountNamespace, withoutNamespaceMark } from './stage/mount-namespace.js';
import { openStage } from './stage/open-stage.js';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** The faults to try, and how many of those that were asked for cannot be tried here. */
function chosen(options: SuiteOptions, volumeMissing: string | undefined) {
  const wanted = allFaults.filter(
    ({ name, long }) => (options.only === undefined || name === options.only) && (!options.short || long !== true),
  );
  if (wanted.length === 0) throw new RangeError(`there is no fault ${options.only ?? ''}; --list names them`);
  const possible = wanted.filter(({ needsVolume }) => needsVolume !== true || volumeMissing === undefined);
  for (const { name } of wanted) {
    if (!possible.some((fault) => fault.name === name)) print(`left out: ${name}, ${volumeMissing ?? ''}`);
  }
  return { possible, leftOut: wanted.length - possible.length };
}

/** In CI nobody reads that something was left out: a green run has tried everything. */
const mayLeaveOut = process.env['CI'] !== 'true';

async function run(options: SuiteOptions): Promise<number> {
  const startedAt = performance.now();
  print(`faults: seed ${options.seed}, ${options.rounds} rounds`);
  const opening = openStage({ keep: options.keep });
  // Also while it opens: what was started has to be ended.
  const breakOff = (): void => void opening.then((stage) => stage.close()).finally(() => process.exit(130));
  process.on('SIGINT', breakOff).on('SIGTERM', breakOff);
  const stage = await opening;
  try {
    const { possible, leftOut } = chosen(options, stage.storage.missing);
    const totals = await runSuite(stage, possible, options, print);
    const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
    print(
      `total: ${totals.rounds} rounds in ${minutes} min, accepted ${totals.accepted}, lost ${totals.lost}, ` +
        `twice ${totals.doubled}, otherwise wrong ${totals.wrong} (seed ${options.seed})`,
    );
    const isIncomplete = leftOut > 0 && !mayLeaveOut;
    if (isIncomplete) print(`${leftOut} faults were left out, and CI=true asks for all of them`);
    return totals.lost + totals.doubled + totals.wrong === 0 && !isIncomplete ? 0 : 1;
  } finally {
    await stage.close();
  }
}

const args = withoutNamespaceMark(process.argv.slice(2));
try {
  const shortCount = allFaults.filter(({ long }) => long !== true).length;
  const options = readOptions(args, args.includes('--short') ? shortCount : allFaults.length);
  if (options.list) for (const { name, long } of allFaults) print(long === true ? `${name} (long)` : name);
  else process.exitCode = (await enterMountNamespace(process.argv.slice(2))) ?? (await run(options));
} catch (error) {
  if (error instanceof TypeError || error instanceof RangeError) process.stderr.write(`${error.message}\n\n${usage}`);
  else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 2;
}
// Clients that never got an answer would keep it alive.
process.exit(process.exitCode);
