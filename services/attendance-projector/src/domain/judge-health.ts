/** What is looked at to tell whether the installation does its work. */
export interface HealthFigures {
  /** Seconds since this projector has been running: the others get as long to start. */
  readonly runningSeconds: number;
  readonly aliveFaceWorkers: number;
  /** How long the oldest frame has waited in the queue; null when none waits. */
  readonly oldestFrameSeconds: number | null;
  /** How long the oldest event has not been projected; null when all are. */
  readonly projectionLagSeconds: number | null;
}

/** The part that `watch-event-log` looks after; the others are looked at together. */
export const EVENT_LOG = 'event-log';

/** Everything `system.unhealthy` can tell; each has its runbook in docs/operations.md. */
export const healthTroubles = [
  { component: 'face-worker', reason: 'NOBODY_ALIVE' },
  { component: 'recognition-queue', reason: 'BACKLOG' },
  { component: 'attendance-projector', reason: 'BEHIND' },
] as const;

type Known = (typeof healthTroubles)[number];

/** A part that does not do its work, and why. */
export interface HealthTrouble {
  readonly component: Known['component'] | typeof EVENT_LOG;
  readonly reason: Known['reason'] | 'STALLED';
}

/** Everything is up within seconds of a start; a minute is patience. */
const STARTING_SECONDS = 60;
/** Longer than any burst of a shift's beginning takes. */
const WAITED_TOO_LONG_SECONDS = 180;

/** What is wrong, in one look. Pure. */
export function judgeHealth(figures: HealthFigures): HealthTrouble[] {
  if (figures.runningSeconds < STARTING_SECONDS) return [];
  const troubles: HealthTrouble[] = [];
  if (figures.aliveFaceWorkers === 0) troubles.push({ component: 'face-worker', reason: 'NOBODY_ALIVE' });
  if ((figures.oldestFrameSeconds ?? 0) > WAITED_TOO_LONG_SECONDS) {
    troubles.push({ component: 'recognition-queue', reason: 'BACKLOG' });
  }
  if ((figures.projectionLagSeconds ?? 0) > WAITED_TOO_LONG_SECONDS) {
    troubles.push({ component: 'attendance-projector', reason: 'BEHIND' });
  }
  return troubles;
}
