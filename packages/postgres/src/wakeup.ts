export interface WakeupOptions {
  /** Longest pause between two runs, ms: the poll that keeps everything correct when no ring arrives. */
  readonly pollIntervalMs: number;
  /** Does one portion of work; true means that there may be more and it should be called again at once. */
  readonly run: (signal: AbortSignal) => Promise<boolean>;
  /** Told of every run that threw. The next run comes after a pause that grows to the poll interval. */
  readonly onError: (error: unknown) => void;
}

export interface Wakeup {
  start(): void;
  /** There may be work: run now, or once more after the present run. Cheap; call it as often as you like. */
  ring(): void;
  /** No further run begins; resolves when the present one has ended. `run` sees it by its signal. */
  stop(): Promise<void>;
}

const FIRST_PAUSE_AFTER_ERROR_MS = 100;

/** A loop with one run at a time: until nothing is left, then waiting for a ring or the slow poll. */
export function createWakeup(options: WakeupOptions): Wakeup {
  const stopping = new AbortController();
  const bell = createBell();
  const stopBell = createBell();
  let failures = 0;
  let loop: Promise<void> | undefined;

  async function runOnce(): Promise<void> {
    bell.reset();
    try {
      const more = await options.run(stopping.signal);
      failures = 0;
      if (!more) await bell.wait(options.pollIntervalMs);
    } catch (error) {
      failures += 1;
      options.onError(error);
      // Rings do not shorten this pause: a database that is down must not be asked as fast as events come in.
      const backoff = FIRST_PAUSE_AFTER_ERROR_MS * 2 ** Math.min(failures - 1, 10);
      await stopBell.wait(Math.min(backoff, options.pollIntervalMs));
    }
  }

  async function runUntilStopped(): Promise<void> {
    while (!stopping.signal.aborted) await runOnce();
  }

  return {
    start() {
      loop ??= runUntilStopped();
    },
    ring: () => bell.ring(),
    async stop() {
      stopping.abort();
      bell.ring();
      stopBell.ring();
      await loop;
    },
  };
}

interface Bell {
  ring(): void;
  /** Forgets a ring. */
  reset(): void;
  /** Until it rings, at most so many ms; a ring since the last reset counts. */
  wait(milliseconds: number): Promise<void>;
}

/** Not an AbortSignal a wait: composed signals of a loop that runs for months are kept by the one that lives longest. */
function createBell(): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    reset() {
      rung = false;
    },
    wait: (milliseconds) =>
      new Promise((resolve) => {
        if (rung) {
          resolve();
          return;
        }
        const timer = setTimeout(() => wake?.(), milliseconds);
        wake = () => {
          clearTimeout(timer);
          wake = undefined;
          resolve();
        };
      }),
  };
}
