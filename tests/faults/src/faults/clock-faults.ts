import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.js';

const MINUTE_MS = 60_000;
/** As after a battery died, a time server lied or somebody mistyped; both ways, and small ones too. */
const JUMPS_MS = [-60 * MINUTE_MS, -2 * MINUTE_MS, -7_000, 7_000, 2 * MINUTE_MS, 60 * MINUTE_MS];

const clockJump: Fault = {
  name: 'clock-jump',
  async run({ stage, random }) {
    const slot = random.pick(stage.slots);
    const jump = random.pick(JUMPS_MS);
    const turn = async (ms: number): Promise<void> => {
      await writeFile(stage.clockFile(slot), String(ms));
      slot.signal('SIGUSR2');
    };
    await turn(jump);
    await sleep(random.between(3_000, 5_000));
    await turn(0);
    return `${slot.label} by ${jump / 1000} s, and back`;
  },
};

export const clockFaults: readonly Fault[] = [clockJump];
