import type { RequestEnding } from '../requests/request-ending.js';

/** What the worker has done since its start. */
export interface WorkerFigures {
  count(kind: 'recognition' | 'registration', ending: RequestEnding['kind'] | 'error'): void;
  read(): Readonly<Record<string, number>>;
}

/** Counts ended requests by what became of them: `frames_completed`, `registrations_rejected` … */
export function createWorkerFigures(): WorkerFigures {
  const counts = new Map<string, number>();
  return {
    count(kind, ending) {
      const name = `${kind === 'recognition' ? 'frames' : 'registrations'}_${ending}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    read: () => Object.fromEntries(counts),
  };
}
