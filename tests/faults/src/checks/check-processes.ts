import type { Stage } from '../stage/open-stage.js';
import { processTree, residentMb } from '../stage/process-table.js';
import { finding, type Finding } from './finding.js';

/** Loose: a heap grows and shrinks by itself. What grows in every round shows all the same. */
const MOST_GROWTH = 1.6;
const MOST_GROWTH_MB = 150;

/** Every service runs, and none holds much more memory (children included) than when it had first come to rest. */
export function checkProcesses({ slots }: Stage): Finding {
  const wrong: string[] = [];
  let total = 0;
  let worst = 0;
  for (const slot of slots) {
    if (!slot.isRunning) {
      wrong.push(`${slot.label} does not run: ${slot.output().slice(-300)}`);
      continue;
    }
    const now = processTree(slot.pid).reduce((sum, pid) => sum + (residentMb(pid) ?? 0), 0);
    slot.levelMb ??= now;
    total += now;
    worst = Math.max(worst, now - slot.levelMb);
    if (now > slot.levelMb * MOST_GROWTH + MOST_GROWTH_MB) {
      wrong.push(`${slot.label} holds ${now.toFixed(0)} MB, ${slot.levelMb.toFixed(0)} when it first came to rest`);
    }
  }
  return finding(`memory ${total.toFixed(0)} MB (most grown +${worst.toFixed(0)})`, { wrong });
}
