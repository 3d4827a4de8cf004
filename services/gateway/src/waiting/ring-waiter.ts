export interface RingWaiter {
  /** Resolves at the next ring, after `milliseconds`, when the caller goes away or when the process shuts down. */
  nextRing(milliseconds: number, signal: AbortSignal): Promise<void>;
  ring(): void;
  stop(): void;
  readonly stopped: boolean;
}

/** Lets long polls sleep until there may be something new. */
export function createRingWaiter(): RingWaiter {
  const sleepers = new Set<() => void>();
  let stopped = false;

  function wakeAll(): void {
    for (const wake of [...sleepers]) wake();
  }

  return {
    get stopped() {
      return stopped;
    },
    nextRing: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (stopped || signal.aborted) {
          resolve();
          return;
        }
        const wake = (): void => {
          sleepers.delete(wake);
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, milliseconds);
        signal.addEventListener('abort', wake, { once: true });
        sleepers.add(wake);
      }),
    ring: wakeAll,
    stop() {
      stopped = true;
      wakeAll();
    },
  };
}
