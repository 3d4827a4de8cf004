import { readFileSync } from 'node:fs';

/** Memory that would be free if the process ended (what it shares with nobody), MB; NaN when it has ended. */
export function privateMegabytes(pid: number): number {
  // Not RSS: the pages of PostgreSQL's shared buffers would count once in every session that has touched them.
  const rollup = read(`/proc/${String(pid)}/smaps_rollup`);
  if (rollup === '') return NaN;
  const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? NaN);
  return (of('Private_Clean') + of('Private_Dirty')) / 1_024;
}

/** Memory the process has in hand, shared pages included, MB; NaN when it has ended. */
export function residentMegabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${String(pid)}/status`))?.[1]) / 1_024;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // ended between listing and reading
  }
}
