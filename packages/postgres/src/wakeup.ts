import { setTimeout as sleep } from 'node:timers/promises';

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
  let rung = false;
  let wake: AbortController | undefined;
  let loop: Promise<void> | undefined;

  function ring(): void {
    rung = true;
    wake?.abort();
  }

  async function pause(milliseconds: number): Promise<void> {
    wake = new AbortController();
    const signal = AbortSignal.any([wake.signal, stopping.signal]);
    await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
    wake = undefined;
  }

  async function runOnce(): Promise<{ more: boolean; failed: boolean }> {
    try {
      return { more: await options.run(stopping.signal), failed: false };
    } catch (error) {
      options.onError(error);
      return { more: false, failed: true };
    }
  }

  async function runUntilStopped(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      rung = false;
      const { more, failed } = await runOnce();
      failures = failed ? failures + 1 : 0;
      if (more || stopping.signal.aborted) continue;
      if (failed) {
        // Rings do not shorten this pause: a database that is down must not be asked as fast as events come in.
        const backoff = FIRST_PAUSE_AFTER_ERROR_MS * 2 ** Math.min(failures - 1, 10);
        await sleep(Math.min(backoff, options.pollIntervalMs), undefined, { signal: stopping.signal }).catch(
          () => undefined,
        );
      } else if (!rung) await pause(options.pollIntervalMs);
    }
  }

  return {
    start() {
      loop ??= runUntilStopped();
    },
    ring,
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
