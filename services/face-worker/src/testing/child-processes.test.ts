import { readFileSync } from 'node:fs';

/** Process ids of this process's children that have not ended (Linux). */
export function livingChildren(pid: number = process.pid): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number).filter(isAlive);
}

/** A zombie has ended; only nobody has asked how. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
