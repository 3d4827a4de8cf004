import type { ProcessRow } from './health-figures.js';

export function countAlive(rows: readonly ProcessRow[]): { alive: number; silent: number } {
  const alive = rows.filter((row) => row.alive).length;
  return { alive, silent: rows.length - alive };
}

export function describeProcess(row: ProcessRow) {
  const { worker_id, alive, silent_seconds, started_at } = row;
  const memory = countIn(row, 'memory_bytes');
  return { worker_id, alive, silent_seconds, started_at: new Date(started_at).toISOString(), memory_bytes: memory };
}

export function numberIn(row: ProcessRow, name: string): number | null {
  const value = row.figures[name];
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, value) : null;
}

export function countIn(row: ProcessRow, name: string): number | null {
  const value = numberIn(row, name);
  return value === null ? null : Math.trunc(value);
}

export function textIn(row: ProcessRow, name: string): string | null {
  const value = row.figures[name];
  return typeof value === 'string' ? value : null;
}
