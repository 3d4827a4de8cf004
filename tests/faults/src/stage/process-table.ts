import { readdirSync, readFileSync } from 'node:fs';

/** Process ids of `root` and everything below it, as the system knows them now. */
export function processTree(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(Number(name)) : undefined;
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  const tree = [root];
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  return tree;
}

/** Memory a process holds, MB; undefined when it has ended. */
export function residentMb(pid: number): number | undefined {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

/** Its arguments, joined by spaces; empty when it has ended. */
export function commandLine(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

export function isGone(pid: number): boolean {
  const state = afterName(pid)[0];
  return state === undefined || state === 'Z';
}

export function isStopped(pid: number): boolean {
  return afterName(pid)[0] === 'T';
}

function parentOf(pid: number): number | undefined {
  const parent = Number(afterName(pid)[1]);
  return Number.isInteger(parent) ? parent : undefined;
}

/** Fields of `stat` from the state on; the name before them may hold spaces and brackets. */
function afterName(pid: number): string[] {
  const text = read(`/proc/${pid}/stat`);
  return text === '' ? [] : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
