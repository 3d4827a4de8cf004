import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWakeup } from './wakeup.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const POLL = 2_000;

/** A run that ends when the test says so, and a count of those that began. */
function controlledRun() {
  const endings: { resolve: (more: boolean) => void; reject: (error: Error) => void }[] = [];
  const errors: unknown[] = [];
  let active = 0;
  let mostActive = 0;
  const wakeup = createWakeup({
    pollIntervalMs: POLL,
    onError: (error) => errors.push(error),
    run: async () => {
      active += 1;
      mostActive = Math.max(mostActive, active);
      try {
        return await new Promise<boolean>((resolve, reject) => endings.push({ resolve, reject }));
      } finally {
        active -= 1;
      }
    },
  });
  const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
  return {
    wakeup,
    errors,
    settle,
    runs: () => endings.length,
    mostActive: () => mostActive,
    async end(more: boolean) {
      endings.at(-1)?.resolve(more);
      await settle();
    },
    async fail() {
      endings.at(-1)?.reject(new Error('failed'));
      await settle();
    },
  };
}

describe('createWakeup', () => {
  it('runs at the start, again while there is more, and then by the slow poll', async () => {
    const test = controlledRun();
    test.wakeup.start();
    await test.settle();
    expect(test.runs()).toBe(1);
    await test.end(true);
    expect(test.runs()).toBe(2);
    await test.end(false);
    await vi.advanceTimersByTimeAsync(POLL - 1);
    expect(test.runs()).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(test.runs()).toBe(3);
  });

  it('runs at once when it rings, one at a time, and once more for rings during a run', async () => {
    const test = controlledRun();
    test.wakeup.start();
    await test.settle();
    await test.end(false);
    test.wakeup.ring();
    await test.settle();
    expect(test.runs()).toBe(2);
    test.wakeup.ring();
    test.wakeup.ring();
    await test.settle();
    expect(test.runs()).toBe(2);
    await test.end(false);
    expect(test.runs()).toBe(3);
    await test.end(false);
    expect(test.runs()).toBe(3);
    expect(test.mostActive()).toBe(1);
  });

  it('goes on after an error, with pauses that grow to the poll and that no ring shortens', async () => {
    const test = controlledRun();
    test.wakeup.start();
    await test.settle();
    for (const pause of [100, 200, 400, 800, 1_600, POLL, POLL]) {
      const before = test.runs();
      await test.fail();
      test.wakeup.ring();
      await vi.advanceTimersByTimeAsync(pause - 1);
      expect(test.runs()).toBe(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(test.runs()).toBe(before + 1);
    }
    expect(test.errors).toHaveLength(7);
    await test.end(false);
    test.wakeup.ring();
    await test.settle();
    await test.fail();
    const before = test.runs();
    await vi.advanceTimersByTimeAsync(100);
    expect(test.runs()).toBe(before + 1);
  });

  it('stops after the present run, at once out of a pause, and begins nothing more', async () => {
    const test = controlledRun();
    test.wakeup.start();
    await test.settle();
    let stopped = false;
    const stopping = test.wakeup.stop().then(() => (stopped = true));
    await test.settle();
    expect(stopped).toBe(false);
    await test.end(true);
    await stopping;
    expect(test.runs()).toBe(1);

    const paused = controlledRun();
    paused.wakeup.start();
    await paused.settle();
    await paused.end(false);
    await paused.wakeup.stop();
    paused.wakeup.ring();
    await vi.advanceTimersByTimeAsync(10 * POLL);
    expect(paused.runs()).toBe(1);
  });

  it('can be stopped without having been started', async () => {
    await controlledRun().wakeup.stop();
  });
});
