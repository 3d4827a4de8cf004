// `npm run soak -- --minutes 30`: a steady load for a long while, and how much memory each process holds meanwhile:
// services, pipeline children and PostgreSQL, while somebody follows the feed.
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ApiClient, repositoryRoot, startRollcall } from '@rollcall/testkit/rollcall';
import { addBenchCameras } from './bench-cameras.js';
import { visitsPerDay } from './capture-times.js';
import { enrolBenchPerson, writeBenchFrames } from './bench-photos.js';
import { FeedReader } from './acceptance/feed-reader.js';
import { sendFrames } from './acceptance/accepted-frames.js';
import { followMemory, type MemoryPoint } from './memory-course.js';
import { processTree } from './process-cpu.js';
import { privateMegabytes, residentMegabytes } from './process-memory.js';
import { RecordWatch } from './record-watch.js';

const { values: options } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, burst: { type: 'string', default: '100' } },
});
const FIRST_DAY = Date.parse('1950-01-01T00:00:00Z');
const CAMERAS = 4;
const SAMPLE_EVERY_MS = 5_000;
const endsAt = performance.now() + Number(options.minutes) * 60_000;
const startedAt = performance.now();
const folder = await mkdtemp(join(repositoryRoot, 'storage', 'soak-'));
const rollcall = await startRollcall({ parentDir: folder });
const watch = await RecordWatch.open(rollcall.ownerUrl);
const samples = new Map<string, MemoryPoint[]>();
try {
  const api = new ApiClient(rollcall.url);
  const token = await api.login(rollcall.admin.email, rollcall.admin.password);
  const frames = await writeBenchFrames(folder);
  await enrolBenchPerson(api, token);
  const keys = await addBenchCameras(api, token, CAMERAS);
  const reader = new FeedReader(rollcall.url, () => api.login(rollcall.admin.email, rollcall.admin.password));
  await reader.start();
  const sampling = sampleMemory(await watch.postmasterPid());
  const count = Number(options.burst);
  let sent = 0;
  // No two bursts send frames of one day, and there are days for some hours of them until today.
  const daysABurst = Math.ceil(count / visitsPerDay);
  for (let firstDay = FIRST_DAY; performance.now() < endsAt; firstDay += daysABurst * 86_400_000) {
    await sendFrames({ url: rollcall.url, keys, frames, count, firstDay });
    sent += count;
    await watch.untilLogCount(sent, 200);
  }
  await sampling;
  console.log(`${String(sent)} frames in ${options.minutes} minutes, each with its attendance record`);
  const lags = await reader.lags(rollcall.ownerUrl);
  console.log(`feed reader: ${String(lags.length)} events of ${String(await watch.eventCount())}`);
  process.exitCode = tellGrowth() ? 0 : 1;
} finally {
  await watch.close();
  await rollcall.close();
  await rm(folder, { recursive: true, force: true });
}

async function sampleMemory(postmaster: number): Promise<void> {
  while (performance.now() < endsAt) {
    for (const { name, pid } of rollcall.processes) {
      for (const [index, each] of processTree(pid).entries()) {
        note(index === 0 ? name : `${name} child ${String(index)}`, residentMegabytes(each));
      }
    }
    // All of them as one: sessions come and go.
    const server = processTree(postmaster).map(privateMegabytes).filter(Number.isFinite);
    note(
      'postgres, private',
      server.reduce((sum, value) => sum + value, 0),
    );
    await delay(SAMPLE_EVERY_MS);
  }
}

function note(what: string, megabytes: number): void {
  const list = samples.get(what) ?? [];
  list.push({ at: performance.now() - startedAt, megabytes });
  samples.set(what, list);
}

/** Prints a line a process; whether all of them are flat. */
function tellGrowth(): boolean {
  const whole = performance.now() - startedAt;
  let flat = true;
  for (const [what, list] of samples) {
    const { first, last, slope, grows } = followMemory(list, whole);
    flat &&= !grows;
    console.log(
      `${what.padEnd(22)} ${first.toFixed(0)} MB after the warm-up, ${last.toFixed(0)} MB at the end, ` +
        `${slope.toFixed(1)} MB an hour over the second half${grows ? ' (grows)' : ''}`,
    );
  }
  return flat;
}
