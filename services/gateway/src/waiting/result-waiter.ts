import { createWakeup } from '@rollcall/postgres';

export interface ResultWaiter<Result> {
  start(): void;
  /** The result, or null when it did not come within the time, the caller went away, or the process is shutting down. */
  wait(organizationId: string, id: string, milliseconds: number, signal: AbortSignal): Promise<Result | null>;
  /** Something may have been finished. */
  ring(): void;
  /** Answers everybody with null. */
  stop(): Promise<void>;
}

export interface ResultWaiterOptions<Result> {
  /** Those of the ids that are finished, by id. One query for all who wait in an organization. */
  readonly loadFinished: (organizationId: string, ids: readonly string[]) => Promise<ReadonlyMap<string, Result>>;
  readonly pollIntervalMs: number;
  readonly onError: (error: unknown) => void;
}

interface Waiting<Result> {
  readonly organizationId: string;
  readonly id: string;
  readonly settle: (result: Result | null) => void;
}

/** Lets many callers wait for results while the database is asked once a wake-up for all of them. */
export function createResultWaiter<Result>(options: ResultWaiterOptions<Result>): ResultWaiter<Result> {
  const waiting = new Set<Waiting<Result>>();
  let stopped = false;

  async function settleFinished(): Promise<boolean> {
    for (const [organizationId, callers] of groupByOrganization(waiting)) {
      const ids = [...new Set(callers.map(({ id }) => id))];
      const finished = await options.loadFinished(organizationId, ids);
      for (const caller of callers) {
        const result = finished.get(caller.id);
        if (result !== undefined) caller.settle(result);
      }
    }
    return false;
  }

  const { pollIntervalMs, onError } = options;
  const wakeup = createWakeup({ pollIntervalMs, run: settleFinished, onError });

  return {
    start: () => wakeup.start(),
    ring: () => {
      if (waiting.size > 0) wakeup.ring();
    },
    wait: (organizationId, id, milliseconds, signal) =>
      new Promise((resolve) => {
        if (stopped || milliseconds <= 0 || signal.aborted) {
          resolve(null);
          return;
        }
        const settle = (result: Result | null): void => {
          waiting.delete(caller);
          clearTimeout(timer);
          signal.removeEventListener('abort', giveUp);
          resolve(result);
        };
        const giveUp = (): void => settle(null);
        const caller = { organizationId, id, settle };
        const timer = setTimeout(giveUp, milliseconds);
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.add(caller);
        // It may have been finished before this caller began to wait: that ring is gone.
        wakeup.ring();
      }),
    async stop() {
      stopped = true;
      for (const caller of [...waiting]) caller.settle(null);
      await wakeup.stop();
    },
  };
}

function groupByOrganization<Result>(waiting: Iterable<Waiting<Result>>): Map<string, Waiting<Result>[]> {
  const groups = new Map<string, Waiting<Result>[]>();
  for (const caller of waiting) {
    const group = groups.get(caller.organizationId);
    if (group === undefined) groups.set(caller.organizationId, [caller]);
    else group.push(caller);
  }
  return groups;
}
