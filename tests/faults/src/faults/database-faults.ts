import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@rollcall/testkit/rollcall';
import { waitUntilUp } from '../stage/wait-until-up.js';
import type { Fault } from './fault.js';

function stopped(name: string, how: 'kill' | 'politely', forMs: readonly [number, number]): Fault {
  return {
    name,
    async run({ stage: { database }, random }) {
      await database.stop(how);
      const goneMs = random.between(...forMs);
      await sleep(goneMs);
      await database.start();
      return `gone for ${(goneMs / 1000).toFixed(1)} s`;
    },
  };
}

const cut: Fault = {
  name: 'connections-cut',
  async run({ stage: { routes }, random }) {
    let count = 0;
    const times = Math.ceil(random.between(0, 3));
    for (let time = 0; time < times; time += 1) {
      for (const proxy of routes.all()) count += proxy.reset();
      await sleep(random.between(50, 600));
    }
    return `${count} connections, in ${times} blows`;
  },
};

/** Longer than services wait for an answer (40 s): what hangs is given up by them alone. */
const HALF_OPEN_MS = 45_000;

const halfOpen: Fault = {
  name: 'connections-half-open',
  long: true,
  async run({ stage: { routes } }) {
    const count = routes.all().reduce((sum, proxy) => sum + proxy.freeze(), 0);
    await sleep(HALF_OPEN_MS);
    // What firewalls and systems do at last; the server learns of it only now.
    for (const proxy of routes.all()) proxy.bury();
    return `${count} connections went silent`;
  },
};

/** The echo comes every 10 s and has 3 s: after that the dead listener has been found out. */
const DEAF_MS = 14_000;

const deadListeners: Fault = {
  name: 'listeners-dead',
  async run({ stage: { routes, slots } }) {
    const isListener = (opening: string): boolean => opening.includes('rollcall-doorbell');
    const listening = (): number => routes.all().flatMap((proxy) => proxy.openings().filter(isListener)).length;
    // One that was thrown away a moment ago, as on a busy machine, comes back.
    await waitUntil('every process listens', () => listening() >= slots.length);
    const count = routes.all().reduce((sum, proxy) => sum + proxy.freeze(isListener), 0);
    await sleep(DEAF_MS);
    for (const proxy of routes.all()) proxy.bury();
    return `${count} listeners went silent while connected`;
  },
};

const doorbellOff: Fault = {
  name: 'doorbell-off',
  async run({ stage, random }) {
    for (const slot of stage.slots) await slot.stop('SIGTERM');
    for (const slot of stage.slots) slot.start({ DOORBELL: 'off' });
    await waitUntilUp(stage);
    const forMs = random.between(6_000, 9_000);
    await sleep(forMs);
    for (const slot of stage.slots) await slot.stop('SIGTERM');
    for (const slot of stage.slots) slot.start();
    return `for ${(forMs / 1000).toFixed(1)} s`;
  },
};

export const databaseFaults: readonly Fault[] = [
  stopped('postgres-killed', 'kill', [0, 1_500]),
  stopped('postgres-restarted', 'politely', [0, 1_500]),
  { ...stopped('postgres-gone-for-30-s', 'politely', [30_000, 32_000]), long: true },
  cut,
  halfOpen,
  deadListeners,
  doorbellOff,
];
