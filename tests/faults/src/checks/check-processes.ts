import type { Stage } from '../stage/open-stage.js';
import { processTree, residentMb } from '../stage/process-table.js';
import { finding, type Finding } from './finding.js';
import { MemoryWatch, type MemorySample } from './memory-watch.js';

/** A check for the whole run: every service runs, and none holds or gathers more memory (children included) than it should. */
export function createProcessCheck({ slots }: Pick<Stage, 'slots'>) {
  const watch = new MemoryWatch();
  return function checkProcesses(): Finding {
    const wrong: string[] = [];
    const samples: MemorySample[] = [];
    for (const slot of slots) {
      const { label, service } = slot;
      if (slot.isRunning) samples.push({ label, service, pid: slot.pid, mb: treeMb(slot.pid) });
      else wrong.push(`${label} does not run: ${slot.output().slice(-300)}`);
    }
    wrong.push(...watch.note(samples));
    const memory = samples.map(({ mb }) => mb.toFixed(0)).join(' + ');
    return finding(`memory ${memory} MB (${watch.describe()})`, { wrong });
  };
}

function treeMb(root: number): number {
  return processTree(root).reduce((sum, pid) => sum + (residentMb(pid) ?? 0), 0);
}
