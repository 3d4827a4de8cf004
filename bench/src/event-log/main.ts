// `npm run bench:event-log [-- --events N]`: what a page of the event log and a projected event cost in a log of 10 million
// events over 36 partitions, against one of 10 thousand in the same server and run. Ends with 1 when a page at head or
// tail costs more than 1.3 times as much. Takes about 8 GB and some minutes.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startCluster } from '@rollcall/testkit';
import { repositoryRoot } from '@rollcall/testkit/rollcall';
import { fillLog } from './fill-log.js';
import { measurePages } from './measure-pages.js';
import { measureProjector } from './measure-projector.js';

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '10000000' },
    partitions: { type: 'string', default: '36' },
    rounds: { type: 'string', default: '300' },
    projected: { type: 'string', default: '5000' },
  },
});
const SMALL = 10_000;
const LIMIT = 1.3;
/** Nothing is synced; what was loaded is not written twice. */
const SETTINGS = {
  ...{ wal_level: 'minimal', max_wal_senders: '0', max_wal_size: '4GB', shared_buffers: '512MB' },
  ...{ maintenance_work_mem: '256MB', autovacuum: 'off' },
};
const print = (line: string): void => console.log(line);

const parent = join(repositoryRoot, 'storage');
await mkdir(parent, { recursive: true });
const folder = await mkdtemp(join(parent, 'bench-events-'));
const cluster = await startCluster(SETTINGS, folder);
try {
  const startedAt = performance.now();
  const small = await fillLog(cluster, SMALL, 1);
  const large = await fillLog(cluster, Number(options.events), Number(options.partitions));
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  print(
    `logs of ${String(SMALL)} and ${options.events} events (${options.partitions} partitions), filled in ${seconds} s`,
  );
  for (const { place, small: few, large: many } of await measurePages(small, large, Number(options.rounds))) {
    const ratio = many / few;
    const told = place === 'end' ? 'nothing new at the end' : `a page of 200 at the ${place}`;
    print(
      `${told}: ${few.toFixed(2)} ms and ${many.toFixed(2)} ms, ratio ${ratio.toFixed(2)}${place === 'middle' || place === 'end' ? '' : ` (limit ${String(LIMIT)})`}`,
    );
    if (ratio > LIMIT && (place === 'head' || place === 'tail')) process.exitCode = 1;
  }
  const projected = Number(options.projected);
  if (projected > 0) {
    const rates: number[] = [];
    // In turns, as pages are.
    for (const log of [small, large, large, small]) rates.push(await measureProjector(log, projected));
    const [a = 0, b = 0, c = 0, d = 0] = rates;
    const [few, many] = [(a + d) / 2, (b + c) / 2];
    print(`projector: ${few.toFixed(0)} and ${many.toFixed(0)} events/s, ratio ${(few / many).toFixed(2)}`);
  }
  await small.database.close();
  await large.database.close();
} finally {
  await cluster.close();
  await rm(folder, { recursive: true, force: true });
}
