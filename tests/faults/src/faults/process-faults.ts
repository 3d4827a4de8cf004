import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil, type ServiceName } from '@rollcall/testkit/rollcall';
import { isGone } from '../stage/process-table.js';
import type { Fault } from './fault.js';

/** How long a supervisor may take to start the next process, ms. */
const LATEST_START_MS = 1_500;

function killOf(service: ServiceName): Fault {
  return {
    name: `kill-${service}`,
    async run({ stage, random }) {
      const slot = random.pick(stage.slotsOf(service));
      const how = await slot.stop('SIGKILL');
      const pause = random.between(0, LATEST_START_MS);
      await sleep(pause);
      slot.start();
      return `${slot.label} ended by ${how}, the next after ${pause.toFixed(0)} ms`;
    },
  };
}

const killPipelineChild: Fault = {
  name: 'kill-pipeline-child',
  async run({ stage, random }) {
    const slot = random.pick(stage.slotsOf('face-worker'));
    const child = await waitUntil('the worker has a pipeline child', () => slot.children()[0]);
    process.kill(child, 'SIGKILL');
    await waitUntil('the child is gone', () => isGone(child));
    // Nobody but the worker itself puts another in its place.
    await waitUntil('the worker has another child', () => slot.children().length > 0);
    return `child of ${slot.label}`;
  },
};

function freezeOf(service: ServiceName, forMs: readonly [number, number]): Fault {
  return {
    name: `freeze-${service}`,
    async run({ stage, random }) {
      const slot = random.pick(stage.slotsOf(service));
      const frozenMs = random.between(...forMs);
      slot.signal('SIGSTOP');
      try {
        await sleep(frozenMs);
      } finally {
        slot.signal('SIGCONT');
      }
      return `${slot.label} slept ${(frozenMs / 1000).toFixed(1)} s, past its lease`;
    },
  };
}

const shutdown: Fault = {
  name: 'shutdown-of-everything',
  async run({ stage, random }) {
    // In any order, some at the same moment.
    const ends = await Promise.all(
      random.shuffle(stage.slots).map(async (slot) => {
        await sleep(random.between(0, 400));
        const startedAt = performance.now();
        const how = await slot.stop('SIGTERM');
        if (how !== '0') throw new Error(`${slot.label} ended with ${how} at SIGTERM: ${slot.output().slice(-500)}`);
        return performance.now() - startedAt;
      }),
    );
    for (const slot of stage.slots) slot.start();
    return `slowest gone after ${(Math.max(...ends) / 1000).toFixed(1)} s`;
  },
};

export const processFaults: readonly Fault[] = [
  killOf('gateway'),
  killOf('face-worker'),
  killOf('attendance-projector'),
  killPipelineChild,
  // Longer than their leases: others take over, and the sleeper wakes up believing in what it held.
  freezeOf('face-worker', [5_000, 7_000]),
  freezeOf('attendance-projector', [6_000, 8_000]),
  shutdown,
];
