import { setTimeout as sleep } from 'node:timers/promises';
import { checkGalleries } from './checks/check-galleries.js';
import { checkSessions } from './checks/check-sessions.js';
import { checkTrail } from './checks/check-trail.js';
import { finding, type Finding } from './checks/finding.js';
import { findDoubles } from './checks/find-doubles.js';
import { settleLedger } from './checks/frame-ledger.js';
import type { Fault, FaultScene } from './faults/fault.js';
import type { LoadFigures } from './load/load-figures.js';
import type { Valve } from './load/valve.js';
import type { Stage } from './stage/open-stage.js';
import { waitUntilUp } from './stage/wait-until-up.js';

export interface RoundParts {
  readonly scene: FaultScene;
  readonly figures: LoadFigures;
  readonly valve: Valve;
  readonly checkFeeds: () => Promise<Finding>;
  readonly checkToldLedger: () => Promise<Finding>;
  readonly checkProcesses: () => Finding;
}

/** What one round came to. */
export interface RoundOutcome extends Finding {
  readonly accepted: number;
  /** Clients wait without end: no further round can begin. */
  readonly stuck: boolean;
}

const BEFORE_MS: readonly [number, number] = [500, 2_500];
/** Frames that come when everything runs again; enough for each worker to have some. */
const AFTER_MS = 2_500;
/** What a client waits for when all runs again, and more: pauses after failures are a minute at most. */
const REST_LIMIT_MS = 240_000;

/** Load, the fault at a random moment, load again; then everything comes to rest and is checked. */
export async function runRound(fault: Fault, parts: RoundParts): Promise<RoundOutcome> {
  const { scene, figures, valve } = parts;
  const before = { accepted: figures.accepted.size, clients: countClients(figures) };
  figures.beginRound();
  valve.open();
  await sleep(scene.random.between(...BEFORE_MS));
  const wrong: string[] = [];
  const said = await fault.run(scene).catch((error: unknown) => {
    wrong.push(String(error));
    return 'went wrong';
  });
  wrong.push(...reviveDead(scene.stage));
  await waitUntilUp(scene.stage).catch((error: unknown) => wrong.push(String(error)));
  await sleep(AFTER_MS);
  figures.noteSilence();
  const stuck = !(await valve.shut(REST_LIMIT_MS));
  if (stuck) wrong.push(`a client still waits after ${REST_LIMIT_MS / 1_000} s`);
  const clients = describeClients(figures, before.clients);
  wrong.push(...figures.broken.splice(0));
  const findings = [await settleLedger(scene.stage.looking, figures, before.accepted, fault.allowedFailures)];
  // The others ask the gateway, which may be what nobody gets an answer from.
  const rest = stuck ? [] : await checkRest(parts);
  const all: Finding[] = [finding(said), ...findings, finding(clients, { wrong }), ...rest];
  return {
    figures: all.flatMap((found) => (found.figures === '' ? [] : [found.figures])).join(' | '),
    lost: all.flatMap(({ lost }) => lost),
    doubled: all.flatMap(({ doubled }) => doubled),
    wrong: all.flatMap((found) => found.wrong),
    accepted: figures.accepted.size - before.accepted,
    stuck,
  };
}

async function checkRest(parts: RoundParts): Promise<Finding[]> {
  const { figures, scene } = parts;
  const { looking } = scene.stage;
  const rest = [await findDoubles(looking, figures), await parts.checkToldLedger(), await parts.checkFeeds()];
  rest.push(await checkTrail(looking), await checkGalleries(scene.stage, figures));
  rest.push(await checkSessions(scene.stage), parts.checkProcesses());
  return rest;
}

/** A service that ended without having been told to is a finding; the next round begins with all of them. */
function reviveDead({ slots }: Stage): string[] {
  return slots
    .filter(({ isRunning }) => !isRunning)
    .map((slot) => {
      const lastWords = slot.output().slice(-500);
      slot.start();
      return `${slot.label} had ended by itself: ${lastWords}`;
    });
}

type ClientCounts = Readonly<Record<'unanswered' | 'cut' | 'putOff' | 'refused', number>>;

function countClients({ unanswered, cut, putOff, refused }: LoadFigures): ClientCounts {
  return { unanswered, cut, putOff: sumOf(putOff), refused: sumOf(refused) };
}

function describeClients(figures: LoadFigures, before: ClientCounts): string {
  const now = countClients(figures);
  const since = (name: keyof ClientCounts): number => now[name] - before[name];
  return (
    `clients: ${since('unanswered')} unanswered (${since('cut')} cut off), ${since('putOff')} put off, ` +
    `${since('refused')} refused, silence ${(figures.longestSilenceMs / 1000).toFixed(1)} s`
  );
}

function sumOf(counts: ReadonlyMap<unknown, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
