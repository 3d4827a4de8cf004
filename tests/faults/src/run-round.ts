import { setTimeout as sleep } from 'node:timers/promises';
import { checkedFetch, waitUntil } from '@rollcall/testkit/rollcall';
import { checkGalleries } from './checks/check-galleries.js';
import { checkProcesses } from './checks/check-processes.js';
import { checkSessions } from './checks/check-sessions.js';
import { checkTrail } from './checks/check-trail.js';
import { finding, type Finding } from './checks/finding.js';
import { findDoubles } from './checks/find-doubles.js';
import { settleLedger } from './checks/frame-ledger.js';
import type { Fault, FaultScene } from './faults/fault.js';
import type { LoadFigures } from './load/load-figures.js';
import type { Valve } from './load/valve.js';
import type { Stage } from './stage/open-stage.js';

export interface RoundParts {
  readonly scene: FaultScene;
  readonly figures: LoadFigures;
  readonly valve: Valve;
  readonly checkFeeds: () => Promise<Finding>;
}

/** What one round came to. */
export interface RoundOutcome extends Finding {
  readonly accepted: number;
}

const BEFORE_MS: readonly [number, number] = [500, 2_500];
const AFTER_MS = 1_500;

/** Load, the fault at a random moment, load again; then everything comes to rest and is checked. */
export async function runRound(fault: Fault, parts: RoundParts): Promise<RoundOutcome> {
  const { scene, figures, valve } = parts;
  const before = { accepted: figures.accepted.size, unanswered: figures.unanswered, putOff: sumOf(figures.putOff) };
  const refusedBefore = sumOf(figures.refused);
  figures.beginRound();
  valve.open();
  await sleep(scene.random.between(...BEFORE_MS));
  const wrong: string[] = [];
  const said = await fault.run(scene).catch((error: unknown) => {
    wrong.push(String(error));
    return 'went wrong';
  });
  await sleep(AFTER_MS);
  figures.noteSilence();
  await valve.shut();
  await waitUntilUp(scene.stage).catch((error: unknown) => wrong.push(String(error)));
  const clients =
    `clients: ${figures.unanswered - before.unanswered} unanswered, ${sumOf(figures.putOff) - before.putOff} put off, ` +
    `${sumOf(figures.refused) - refusedBefore} refused, silence ${(figures.longestSilenceMs / 1000).toFixed(1)} s`;
  wrong.push(...figures.broken.splice(0));
  const findings = [await settleLedger(scene.stage.looking, figures, before.accepted)];
  const rest = [await findDoubles(scene.stage.looking, figures), await parts.checkFeeds()];
  rest.push(await checkTrail(scene.stage.looking), await checkGalleries(scene.stage, figures));
  rest.push(await checkSessions(scene.stage), checkProcesses(scene.stage));
  const all: Finding[] = [finding(said), ...findings, finding(clients, { wrong }), ...rest];
  return {
    figures: all.flatMap((found) => (found.figures === '' ? [] : [found.figures])).join(' | '),
    lost: all.flatMap(({ lost }) => lost),
    doubled: all.flatMap(({ doubled }) => doubled),
    wrong: all.flatMap((found) => found.wrong),
    accepted: figures.accepted.size - before.accepted,
  };
}

/** Every process runs and says so; the gateway answers that it is ready. */
async function waitUntilUp({ slots, looking, rollcall }: Stage): Promise<void> {
  await waitUntil('every process has a heartbeat and the gateway is ready', async () => {
    const pids = slots.map(({ pid }) => pid);
    const { rows } = await looking.query<{ count: number }>(
      `select count(distinct pid)::int from worker_heartbeats
       where pid = any ($1) and beat_at > clock_timestamp() - interval '6 seconds'`,
      [pids],
    );
    return rows[0]?.count === pids.length && (await isReady(rollcall.url));
  });
}

async function isReady(url: string): Promise<boolean> {
  return (await checkedFetch(`${url}/readyz`)).status === 200;
}

function sumOf(counts: ReadonlyMap<unknown, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
