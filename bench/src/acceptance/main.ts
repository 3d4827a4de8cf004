// `npm run bench:acceptance`: what taking frames in costs, each figure as a ratio against a peer of the same run. Ends with 1 when
// a limit is missed, or could not be looked at because there is no pgbench (unless --without-pgbench says that this is known).
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ApiClient, repositoryRoot, startRollcall } from '@rollcall/testkit/rollcall';
import { addBenchCameras } from '../bench-cameras.js';
import { writeBenchFrames } from '../bench-photos.js';
import { visitsPerDay } from '../capture-times.js';
import { Limits } from '../limits.js';
import { median, quantile } from '../statistics.js';
import { sendFrames, startBareServer } from './accepted-frames.js';
import { FeedReader } from './feed-reader.js';
import { RingCount } from './count-rings.js';
import { measureProjectionRate } from './projection-rate.js';
import { findPgbench, measureSingleRowRates, type SingleRowRates } from './single-row-rate.js';
import { FRAMES_A_CALL, measureSubmissionRate } from './submission-rate.js';

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
const TURNS_WITH_READER = 3;
/** Turns before them, which count for nothing: a gateway runs for weeks, so what counts is code that has been compiled. */
const WARM_UP_TURNS = 3;
const FIRST_DAY = Date.parse('2010-01-01T00:00:00Z');
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
  let firstDay = FIRST_DAY;
  const send = (url: string): Promise<number> => {
    const rate = sendFrames({ url, keys, frames, count, firstDay });
    // No two turns send frames of one day.
    firstDay += Math.ceil(count / visitsPerDay) * 86_400_000;
    return rate;
  };
  await compareAcceptance(send);
  await tellFeedLag(send, new FeedReader(rollcall.url, () => api.login(rollcall.admin.email, rollcall.admin.password)));
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

/** Sends a turn's frames; answers frames a second. */
type Send = (url: string) => Promise<number>;

async function compareAcceptance(send: Send): Promise<void> {
  for (let turn = 0; turn < WARM_UP_TURNS; turn += 1) {
    await send(rollcall.url);
    await send(bare.url);
  }
  await rings.take();
  const { gateway, peer } = await inTurns(send, TURNS);
  const rung = await rings.take();
  print(`bare server (read, hash, write, fsync): ${peer.toFixed(0)} frames/s, ${String(CLIENTS)} clients`);
  print(`gateway (checked, kept, committed): ${gateway.toFixed(0)} frames/s`);
  print(limits.atLeast('ratio accepted frames / bare server', gateway / peer, 0.6));
  const perTen = (rung / (count * TURNS)) * 10;
  print(limits.atMost('commits with a ring for ten accepted frames', perTen, 1));
}

/** A consumer takes from the same gateway: what that costs the frames, and how far it falls behind them. */
async function tellFeedLag(send: Send, reader: FeedReader): Promise<void> {
  await reader.start();
  const { gateway, peer } = await inTurns(send, TURNS_WITH_READER);
  const lags = await reader.lags(rollcall.ownerUrl);
  const rates = `${gateway.toFixed(0)} frames/s, bare server ${peer.toFixed(0)}, ratio ${(gateway / peer).toFixed(2)}`;
  print(`gateway with a reader of the feed: ${rates} (in no limit)`);
  print(
    `feed reader: ${String(lags.length)} events, behind by ${median(lags).toFixed(0)} ms (median), ${quantile(lags, 0.99).toFixed(0)} ms (p99)`,
  );
}

/** Both sides in alternation; the medians. */
async function inTurns(send: Send, turns: number): Promise<{ gateway: number; peer: number }> {
  const gateway: number[] = [];
  const peer: number[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    peer.push(await send(bare.url));
    gateway.push(await send(rollcall.url));
  }
  return { gateway: median(gateway), peer: median(peer) };
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
  const submit = async (): Promise<void> => {
    submitted.push(await measureSubmissionRate(rollcall.ownerUrl, rollcall.organizationId, order));
  };
  const insertSingly = async (): Promise<void> => {
    if (pgbench === undefined) return;
    const peers = { ...order, organizationId: rollcall.organizationId };
    single.push(await measureSingleRowRates(pgbench, rollcall.ownerUrl, folder, peers));
  };
  await submit(); // makes the cameras known that the others name
  submitted.length = 0;
  for (let turn = 0; turn < TURNS; turn += 1) {
    // Either goes first in turn: what one leaves to be written back weighs on the other.
    const steps = turn % 2 === 0 ? [submit, insertSingly] : [insertSingly, submit];
    for (const step of steps) await step();
  }
  const rows = median(submitted);
  print(
    `submit_recognitions: ${rows.toFixed(0)} rows/s, each with its event, ${String(CLIENTS)} connections, ${String(FRAMES_A_CALL)} frames a call`,
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
