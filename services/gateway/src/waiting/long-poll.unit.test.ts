import { describe, expect, it } from 'vitest';
import { pollUntilSome } from './long-poll.js';
import { createRingWaiter } from './ring-waiter.js';

interface Page {
  readonly rows: readonly string[];
  readonly next: number;
}

/** Reads that answer one page after the other. */
function pages(...rows: string[][]) {
  const reads: (number | undefined)[] = [];
  const read = (previous: Page | undefined): Promise<Page> => {
    reads.push(previous?.next);
    return Promise.resolve({ rows: rows[reads.length - 1] ?? [], next: reads.length });
  };
  return { read, reads };
}

const never = new AbortController().signal;
const still = { now: () => 0, signal: never };

describe('pollUntilSome', () => {
  it('answers at once when there is something or no time to wait', async () => {
    const rings = createRingWaiter();
    await expect(pollUntilSome<Page>(pages(['a']).read, { ...still, seconds: 30, rings })).resolves.toMatchObject({
      rows: ['a'],
    });
    await expect(pollUntilSome<Page>(pages([]).read, { ...still, seconds: 0, rings })).resolves.toMatchObject({
      rows: [],
    });
  });

  it('reads on from where it was at each ring until there is something', async () => {
    const rings = createRingWaiter();
    const { read, reads } = pages([], [], ['a']);
    const polling = pollUntilSome<Page>(
      (previous) => {
        // A ring for the sleep that follows this read.
        setImmediate(() => rings.ring());
        return read(previous);
      },
      { ...still, seconds: 30, rings },
    );
    await expect(polling).resolves.toMatchObject({ rows: ['a'] });
    expect(reads).toEqual([undefined, 1, 2]);
  });

  it('answers with nothing when the caller is gone or the process stops', async () => {
    const gone = new AbortController();
    const rings = createRingWaiter();
    const first = pollUntilSome(pages().read, { ...still, seconds: 30, rings, signal: gone.signal });
    setImmediate(() => gone.abort());
    await expect(first).resolves.toMatchObject({ rows: [] });
    const second = pollUntilSome(pages().read, { ...still, seconds: 30, rings });
    setImmediate(() => rings.stop());
    await expect(second).resolves.toMatchObject({ rows: [] });
  });

  it('ends when the time is over', async () => {
    let now = 0;
    const { read, reads } = pages();
    await pollUntilSome<Page>(
      (previous) => {
        now += 999.5;
        return read(previous);
      },
      { seconds: 1, rings: createRingWaiter(), signal: never, now: () => now },
    );
    expect(reads.length).toBe(2);
  });
});
