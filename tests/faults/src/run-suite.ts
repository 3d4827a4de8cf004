import { setTimeout as sleep } from 'node:timers/promises';
import { createFeedCheck } from './checks/check-feeds.js';
import { createProcessCheck } from './checks/check-processes.js';
import { checkReplay } from './checks/check-replay.js';
import { createLedgerCheck } from './checks/check-told-ledger.js';
import type { Fault } from './faults/fault.js';
import { createCamera, type Camera } from './load/camera.js';
import { startFeedReader } from './load/feed-reader.js';
import { LoadFigures } from './load/load-figures.js';
import { createPatientPerson } from './load/patient-person.js';
import { Valve } from './load/valve.js';
import { runVisitor } from './load/visitor.js';
import type { SuiteOptions } from './plan/options.js';
import { planRounds } from './plan/plan-rounds.js';
import { seededRandom } from './plan/random.js';
import { runRound } from './run-round.js';
import type { Stage } from './stage/open-stage.js';
import { preparePeople, type PreparedPeople } from './stage/people.js';

export interface SuiteTotals {
  rounds: number;
  accepted: number;
  lost: number;
  doubled: number;
  wrong: number;
}

/** What is under way at the end has this long; clients that never get an answer would be waited for without end. */
const END_LIMIT_MS = 60_000;

/** All rounds on one installation: what one fault leaves behind, the next one meets. */
export async function runSuite(
  stage: Stage,
  faults: readonly Fault[],
  options: SuiteOptions,
  print: (line: string) => void,
): Promise<SuiteTotals> {
  const totals: SuiteTotals = { rounds: 0, accepted: 0, lost: 0, doubled: 0, wrong: 0 };
  const random = seededRandom(options.seed);
  const people = await preparePeople(stage.rollcall);
  const figures = new LoadFigures();
  const valve = new Valve();
  const cameras = startCameras(stage, people, { figures, valve }, options);
  const [camera] = cameras.all;
  if (camera === undefined) throw new Error('there is no camera');
  const { url, admin, organizationId } = stage.rollcall;
  const person = createPatientPerson({ baseUrl: url, ...admin });
  const visitor = runVisitor({ admin: person, ...people.visitor, figures, valve });
  const checkToldLedger = createLedgerCheck(person, figures);
  const readers = (['stream', 'poll'] as const).map((by) => startFeedReader({ by, baseUrl: url, ...admin }));
  const checkFeeds = createFeedCheck(stage.looking, organizationId, readers);
  const checkProcesses = createProcessCheck(stage);
  const until = Date.now() + options.minutes * 60_000;
  const plan = planRounds(faults, random);
  try {
    while (totals.rounds < options.rounds && Date.now() < until) {
      const fault = plan.next().value;
      totals.rounds += 1;
      const startedAt = performance.now();
      const scene = { stage, random, camera, images: people.images };
      const outcome = await runRound(fault, { scene, figures, valve, checkFeeds, checkToldLedger, checkProcesses });
      totals.accepted += outcome.accepted;
      totals.lost += outcome.lost.length;
      totals.doubled += outcome.doubled.length;
      totals.wrong += outcome.wrong.length;
      const { lost, doubled, wrong } = outcome;
      const mark = lost.length + doubled.length + wrong.length === 0 ? '✔' : '✘';
      const took = `${((performance.now() - startedAt) / 1000).toFixed(0)} s`;
      print(
        `${mark} ${totals.rounds} ${fault.name} (${took}): ${outcome.figures} | lost ${lost.length}, twice ${doubled.length}`,
      );
      for (const line of [...lost.slice(0, 5), ...doubled.slice(0, 5), ...wrong.slice(0, 5)]) print(`    ${line}`);
      if (outcome.stuck) throw new Error('clients wait without end: the run is broken off');
    }
  } finally {
    valve.end();
    const ending = Promise.all([cameras.ended, visitor, ...readers.map((reader) => reader.stop())]);
    await Promise.race([ending, sleep(END_LIMIT_MS, undefined, { ref: false })]);
  }
  const replay = await checkReplay(stage.rollcall.stateDir, stage.storage.root);
  totals.wrong += replay.wrong.length;
  print(`${replay.wrong.length === 0 ? '✔' : '✘'} replay from zero: ${replay.figures}`);
  for (const line of replay.wrong) print(`    ${line}`);
  print(
    `visitors enrolled and erased ${figures.enrolments} times; readers began anew ${readers.map((reader) => `${reader.name} ${reader.restarts()}`).join(', ')} times`,
  );
  return totals;
}

function startCameras(
  stage: Stage,
  people: PreparedPeople,
  load: { readonly figures: LoadFigures; readonly valve: Valve },
  options: SuiteOptions,
): { readonly all: readonly Camera[]; readonly ended: Promise<unknown> } {
  const everyMs = (people.cameras.length * 1_000) / options.framesPerSecond;
  const all = people.cameras.map(({ name, key }, position) =>
    createCamera({
      ...{ url: stage.rollcall.url, key, name, images: people.images, everyMs, ...load },
      random: seededRandom(options.seed * 31 + position + 1),
    }),
  );
  return { all, ended: Promise.all(all.map((camera) => camera.run())) };
}
