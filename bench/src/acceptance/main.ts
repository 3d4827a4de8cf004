// `npm run bench:acceptance`: what taking frames in costs, each figure as a ratio against a peer of the same run. Ends with 1 when
// a limit is missed, or could not be looked at because there is no pgbench (unless --without-pgbench says that this is known).
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ApiClient, repositoryRoot, startRollcall } from '@rollcall/testkit/rollcall';
import { addBenchCameras } from '../bench-cameras.js';
import { writeBenchFrames } from '../bench-photos.js';
import { Limits } from '../limits.js';
import { median, quantile } from '../statistics.js';
import { sendFrames, startBareServer } from './accepted-frames.js';
import { FeedReader } from './feed-reader.js';
import { RingCount } from './count-rings.js';
import { measureProjectionRate } from './projection-rate.js';
import { findPgbench, measureSingleRowRates, type SingleRowRates } from './single-row-rate.js';
import { measureSubmissionRate } from './submission-rate.js';

const { values: options } = parseArgs({
  options: {
    frames: { type: 'string', default: '3000' },
    seconds: { type: 'string', default: '5' },
    'without-pgbench': { type: 'boolean', default: false },
  },
});
/** Clients that send at once, and connections of the database bench. */
const CLIENTS = 16;
/** Turns of either side, in alternation: a shared machine is not equally fast all the time. */
const TURNS = 5;
/** Turns before them, which count for nothing: a gateway runs for weeks, so what counts is code that has been compiled. */
const WARM_UP_TURNS = 3;
/** What a camera at a door sends, bytes. */
const FRAME_BYTES = 41_000;
const limits = new Limits();
const count = Number(options.frames);
const order = { connections: CLIENTS, seconds: Number(options.seconds) };
const print = (line: string): void => {
  console.log(line);
};

const folder = await mkdtemp(join(repositoryRoot, 'storage', 'bench-acceptance-'));
// No face worker: what is measured is the way in, and nothing is recognized meanwhile.
const rollcall = await startRollcall({ parentDir: folder, services: ['gateway'] });
const bare = await startBareServer(join(folder, 'bare'));
const rings = await RingCount.open(rollcall.ownerUrl);
try {
  const api = new ApiClient(rollcall.url);
  const token = await api.login(rollcall.admin.email, rollcall.admin.password);
  const frames = await writeBenchFrames(folder, FRAME_BYTES);
  await tellFrameSize(frames);
  const keys = await addBenchCameras(api, token, CLIENTS);
  const send = (url: string, turn: number) =>
    sendFrames({ url, keys, frames, count, firstDay: Date.parse('2020-01-01T00:00:00Z') + turn * 180 * 86_400_000 });
  await compareAcceptance(send);
  await tellFeedLag(send, new FeedReader(rollcall.url, token));
  await compareRows();
  await tellProjection();
  process.exitCode = limits.tell(print);
} finally {
  bare.stop();
  await rings.close();
  await rollcall.close();
  await rm(folder, { recursive: true, force: true });
}

async function tellFrameSize(frames: string[]): Promise<void> {
  const sizes = await Promise.all(frames.map(async (path) => (await stat(path)).size / 1_000));
  print(`frames of ${Math.min(...sizes).toFixed(1)} to ${Math.max(...sizes).toFixed(1)} KB`);
}

/** Sends a turn's frames, captured on days that no other turn has; answers frames a second. */
type Send = (url: string, turn: number) => Promise<number>;

async function compareAcceptance(send: Send): Promise<void> {
  for (let turn = 0; turn < WARM_UP_TURNS; turn += 1) {
    await send(rollcall.url, turn);
    await send(bare.url, turn);
  }
  await rings.take();
  const gateway: number[] = [];
  const peer: number[] = [];
  let rung = 0;
  for (let turn = WARM_UP_TURNS; turn < WARM_UP_TURNS + TURNS; turn += 1) {
    peer.push(await send(bare.url, turn));
    gateway.push(await send(rollcall.url, turn));
    rung += await rings.take();
  }
  const ratio = median(gateway) / median(peer);
  print(`bare server (read, hash, write, fsync): ${median(peer).toFixed(0)} frames/s, ${String(CLIENTS)} clients`);
  print(`gateway (checked, kept, committed): ${median(gateway).toFixed(0)} frames/s`);
  print(limits.atLeast('ratio accepted frames / bare server', ratio, 0.6));
  const perTen = (rung / (count * TURNS)) * 10;
  print(limits.atMost('commits with a ring for ten accepted frames', perTen, 1));
}

/** A consumer takes from the same gateway: what it costs the frames, and how far it falls behind them. */
async function tellFeedLag(send: Send, reader: FeedReader): Promise<void> {
  await reader.start();
  const rate = await send(rollcall.url, WARM_UP_TURNS + TURNS);
  const lags = await reader.lags(rollcall.ownerUrl);
  print(`gateway with a reader of the feed: ${rate.toFixed(0)} frames/s`);
  print(
    `feed reader: ${String(lags.length)} events, behind by ${median(lags).toFixed(0)} ms (median), ${quantile(lags, 0.99).toFixed(0)} ms (p99)`,
  );
}

async function tellProjection(): Promise<void> {
  const { events, eventsPerSecond } = await measureProjectionRate(rollcall.ownerUrl, rollcall.organizationId, () =>
    rollcall.start('attendance-projector'),
  );
  print(`projector catching up: ${eventsPerSecond.toFixed(0)} events/s over ${String(events)} events`);
}

async function compareRows(): Promise<void> {
  const pgbench = options['without-pgbench'] ? undefined : findPgbench();
  const submitted: number[] = [];
  const single: SingleRowRates[] = [];
  let framesACall = 0;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const rate = await measureSubmissionRate(rollcall.ownerUrl, rollcall.organizationId, order);
    submitted.push(rate.rowsPerSecond);
    ({ framesACall } = rate);
    if (pgbench === undefined) continue;
    const peers = { ...order, organizationId: rollcall.organizationId };
    single.push(await measureSingleRowRates(pgbench, rollcall.ownerUrl, folder, peers));
  }
  const rows = median(submitted);
  print(
    `submit_recognitions: ${rows.toFixed(0)} rows/s, each with its event, ${String(CLIENTS)} connections, ${String(framesACall)} frames a call`,
  );
  const ratio = 'ratio rows through submit_recognitions / pgbench';
  if (options['without-pgbench']) {
    print(`${ratio}: left out (--without-pgbench)`);
    return;
  }
  if (pgbench === undefined) {
    print(`${limits.notMeasured(ratio)}: no pgbench on this machine (Debian: postgresql-15)`);
    return;
  }
  const same = median(single.map(({ sameTable }) => sameTable));
  const bareRows = median(single.map(({ bareTable }) => bareTable));
  print(`pgbench, one row a durable commit, no ring: ${same.toFixed(0)} rows/s into the same table`);
  print(limits.atLeast(ratio, rows / same, 2));
  print(
    `  into a table of one index and no foreign key: ${bareRows.toFixed(0)} rows/s, ratio ${(rows / bareRows).toFixed(2)} (in no limit)`,
  );
}
