// `npm run bench`: all figures of one run, measured with the same stages, models and configuration on both sides.
// Ends with 1 when a limit is missed.
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ApiClient, repositoryRoot, startRollcall } from '@rollcall/testkit/rollcall';
import { addBenchCameras } from './bench-cameras.js';
import { meanOf, measureBarePipeline } from './bare-pipeline.js';
import { enrolBenchPerson, writeBenchFrames } from './bench-photos.js';
import { measureSearchMemory } from './faiss-memory.js';
import { measureFileCost } from './file-cost.js';
import { measureIdleLatency } from './idle-latency.js';
import { Limits } from './limits.js';
import { RecordWatch } from './record-watch.js';
import { describeBare, describeLatency, describeSystem } from './report.js';
import { measureWholeSystem } from './whole-system.js';

const { values: options } = parseArgs({
  options: {
    frames: { type: 'string', default: '1500' },
    idle: { type: 'string', default: '150' },
    searches: { type: 'string', default: '1000000' },
  },
});
/** Cameras that send at once, each the next frame as soon as the last was accepted. */
const CAMERAS = 8;
/** Frames before the figures are taken: the services run for weeks, so what counts is code that has been compiled. */
const WARM_UP_FRAMES = 1_500;
/** Rest before each frame of an idle installation, on both sides: a processor that slept is slower than a busy one. */
const IDLE_PAUSE_MS = 100;
/** By a million searches. */
const MOST_GROWN_MB = 20;
const count = Number(options.frames);
const limits = new Limits();
const cores = availableParallelism();
const print = (line: string): void => {
  console.log(line);
};

// Where an installation keeps its state too: the folder for temporary files may be of another kind, and on ext4 without a
// journal a folder in which much was deleted lately makes every new file cost the better part of a millisecond.
const folder = await mkdtemp(join(repositoryRoot, 'storage', 'bench-'));
const rollcall = await startRollcall({ parentDir: folder });
const watch = await RecordWatch.open(rollcall.ownerUrl);
try {
  const api = new ApiClient(rollcall.url);
  const token = await api.login(rollcall.admin.email, rollcall.admin.password);
  const frames = await writeBenchFrames(folder);
  await enrolBenchPerson(api, token);
  const bareOrder = { frames, modelPath: join(repositoryRoot, 'models') };

  const fileCost = await measureFileCost(join(folder, 'objects'));
  print(`file system: an object of 40 KB, on the disk: ${fileCost.toFixed(2)} ms CPU (two a frame)`);

  const single = await measureBarePipeline(1, { ...bareOrder, count: Math.ceil(count / 2) });
  print(describeBare(single));
  const all = await measureBarePipeline(cores, { ...bareOrder, count: Math.ceil(count / cores) });
  print(describeBare(all));

  const keys = await addBenchCameras(api, token, CAMERAS);
  const order = { url: rollcall.url, keys, frames };
  await measureWholeSystem(rollcall, watch, {
    ...order,
    count: WARM_UP_FRAMES,
    firstDay: Date.parse('2024-06-01T00:00:00Z'),
  });

  const idleCount = Number(options.idle);
  const paced = await measureBarePipeline(1, { ...bareOrder, count: idleCount, pauseMs: IDLE_PAUSE_MS });
  const idle = await measureIdleLatency(api, token, watch, {
    frames,
    count: idleCount,
    pauseMs: IDLE_PAUSE_MS,
    firstDay: Date.parse('2024-01-01T00:00:00Z'),
  });
  describeLatency(idle, paced, limits).forEach(print);

  const system = await measureWholeSystem(rollcall, watch, {
    ...order,
    count,
    firstDay: Date.parse('2025-01-01T00:00:00Z'),
  });
  // Before and after, since a shared machine is not equally fast all the time.
  const again = await measureBarePipeline(cores, { ...bareOrder, count: Math.ceil(count / cores) });
  print(describeBare(again));
  describeSystem(system, meanOf(all, again), limits).forEach(print);

  const grown = await measureSearchMemory(Number(options.searches));
  print(limits.atMost(`FAISS: memory grown by ${options.searches} searches`, grown, MOST_GROWN_MB, ' MB'));
  process.exitCode = limits.tell(print);
} finally {
  await watch.close();
  await rollcall.close();
  await rm(folder, { recursive: true, force: true });
}
