// `npm run soak -- --minutes 30`: a steady load for a long while, and how much memory each process holds meanwhile.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ApiClient, repositoryRoot, startRollcall } from '@rollcall/testkit/rollcall';
import { addBenchCameras } from './bench-cameras.js';
import { enrolBenchPerson, writeBenchFrames } from './bench-photos.js';
import { sendFrames } from './acceptance/accepted-frames.js';
import { processTree } from './process-cpu.js';
import { RecordWatch } from './record-watch.js';
import { median } from './statistics.js';

const { values: options } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, burst: { type: 'string', default: '100' } },
});
const CAMERAS = 4;
const SAMPLE_EVERY_MS = 5_000;
/** The share of the time in which code is compiled and caches fill. */
const WARM_UP_SHARE = 0.2;
/** A process may hold so much more at the end than after the warm-up. */
const MOST_GROWTH = { megabytes: 30, share: 0.15 };

const endsAt = performance.now() + Number(options.minutes) * 60_000;
const startedAt = performance.now();
const folder = await mkdtemp(join(repositoryRoot, 'storage', 'soak-'));
const rollcall = await startRollcall({ parentDir: folder });
const watch = await RecordWatch.open(rollcall.ownerUrl);
const samples = new Map<string, { at: number; megabytes: number }[]>();
try {
  const api = new ApiClient(rollcall.url);
  const token = await api.login(rollcall.admin.email, rollcall.admin.password);
  const frames = await writeBenchFrames(folder);
  await enrolBenchPerson(api, token);
  const keys = await addBenchCameras(api, token, CAMERAS);
  const sampling = sampleMemory();
  const count = Number(options.burst);
  let sent = 0;
  for (let firstDay = Date.parse('2000-01-01T00:00:00Z'); performance.now() < endsAt; firstDay += 30 * 86_400_000) {
    await sendFrames({ url: rollcall.url, keys, frames, count, firstDay });
    sent += count;
    await watch.untilLogCount(sent, 200);
  }
  await sampling;
  console.log(`${String(sent)} frames in ${options.minutes} minutes, each with its attendance record`);
  process.exitCode = tellGrowth() ? 0 : 1;
} finally {
  await watch.close();
  await rollcall.close();
  await rm(folder, { recursive: true, force: true });
}

async function sampleMemory(): Promise<void> {
  while (performance.now() < endsAt) {
    for (const { name, pid } of rollcall.processes) {
      for (const [index, each] of processTree(pid).entries()) {
        const what = index === 0 ? name : `${name} child ${String(index)}`;
        const list = samples.get(what) ?? [];
        list.push({ at: performance.now() - startedAt, megabytes: residentMegabytes(each) });
        samples.set(what, list);
      }
    }
    await delay(SAMPLE_EVERY_MS);
  }
}

/** Prints a line a process; whether all of them are flat. */
function tellGrowth(): boolean {
  const whole = performance.now() - startedAt;
  let flat = true;
  for (const [what, list] of samples) {
    const between = (from: number, to: number): number =>
      median(list.filter(({ at }) => at >= from * whole && at < to * whole).map(({ megabytes }) => megabytes));
    const first = between(WARM_UP_SHARE, WARM_UP_SHARE + 0.2);
    const last = between(0.8, 1);
    const within = last - first <= Math.max(MOST_GROWTH.megabytes, first * MOST_GROWTH.share);
    flat &&= within;
    console.log(
      `${what.padEnd(22)} ${first.toFixed(0)} MB after the warm-up, ${last.toFixed(0)} MB at the end ${within ? '' : '(grows)'}`,
    );
  }
  return flat;
}

function residentMegabytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]) / 1_024;
  } catch {
    return NaN; // ended between listing and reading
  }
}
