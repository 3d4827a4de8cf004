import type { SystemHealthOut } from '@rollcall/contracts';
import type { HealthFigures, ProcessRow, QueueRow } from './health-figures.js';
import { countAlive, countIn, describeProcess, textIn } from './process-figures.js';
import { verdict } from './verdict.js';

type Parts = SystemHealthOut['parts'];

/** A frame is answered within a second: one that waits so long tells of too few workers, or of none. */
const SLOW_QUEUE_SECONDS = 60;
const STUCK_QUEUE_SECONDS = 900;

export function judgeModels(figures: HealthFigures, workers: readonly ProcessRow[]): Parts['models'] {
  const alive = workers.filter((row) => row.alive);
  const inUse = [...new Set(alive.flatMap((row) => textIn(row, 'model_id') ?? []))];
  const synthetic = alive.some((row) => row.figures['synthetic'] === true);
  return {
    ...verdict([
      ['failed', figures.models.length === 0, 'no face worker has loaded a model yet'],
      ['degraded', synthetic, 'embeddings are made up (FACE_EMBEDDER=random-dev)'],
      ['degraded', inUse.length > 1, 'face workers use different models'],
    ]),
    figures: { known: [...figures.models], in_use: inUse, synthetic },
  };
}

export function judgeGateways(rows: readonly ProcessRow[]): Parts['gateways'] {
  const count = countAlive(rows);
  return {
    ...verdict([['degraded', count.silent > 0, `${String(count.silent)} fell silent`]]),
    figures: { ...count, processes: rows.map(describeProcess) },
  };
}

export function judgeFaceWorkers(figures: HealthFigures, rows: readonly ProcessRow[]): Parts['face_workers'] {
  const count = countAlive(rows);
  return {
    ...verdict([
      ['failed', count.alive === 0, 'none is alive: frames wait'],
      ['degraded', count.silent > 0, `${String(count.silent)} fell silent`],
    ]),
    figures: {
      ...count,
      galleries: [...figures.galleries],
      processes: rows.map((row) => ({
        ...describeProcess(row),
        model_id: textIn(row, 'model_id'),
        synthetic: row.figures['synthetic'] === true,
        children: countIn(row, 'children') ?? 0,
        busy: countIn(row, 'busy') ?? 0,
        waiting: countIn(row, 'waiting') ?? 0,
        in_hand: countIn(row, 'in_hand') ?? 0,
        gallery_version: row.gallery_version,
        doorbell: textIn(row, 'doorbell'),
      })),
    },
  };
}

export function judgeQueue({ queue }: HealthFigures): Parts['queue'] {
  const oldest = Math.max(...Object.values(queue).map((row: QueueRow) => row.installation_oldest_seconds ?? 0));
  const waits = `the oldest request has waited ${String(Math.round(oldest))} s`;
  return {
    ...verdict([
      ['failed', oldest > STUCK_QUEUE_SECONDS, waits],
      ['degraded', oldest > SLOW_QUEUE_SECONDS, waits],
    ]),
    figures: queue,
  };
}
