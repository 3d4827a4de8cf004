import type { RingWaiter } from './ring-waiter.js';

/** A committed event becomes readable a moment after its ring while older transactions run: look again this often, ms. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Reads until there is something, or `seconds` are over, the caller is gone or the process stops. Answers the last read.
 *
 * @param now milliseconds of a clock that only goes forward.
 */
export async function pollUntilSome<Page extends { readonly rows: readonly unknown[] }>(
  read: (previous: Page | undefined) => Promise<Page>,
  options: {
    readonly seconds: number;
    readonly rings: RingWaiter;
    readonly signal: AbortSignal;
    readonly now: () => number;
  },
): Promise<Page> {
  const { rings, signal, now } = options;
  const deadline = now() + options.seconds * 1_000;
  let page = await read(undefined);
  while (page.rows.length === 0 && !signal.aborted && !rings.stopped) {
    const left = deadline - now();
    if (left <= 0) break;
    await rings.nextRing(Math.min(left, LOOK_AGAIN_MS), signal);
    page = await read(page);
  }
  return page;
}
