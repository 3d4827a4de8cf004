import { AppError } from '@rollcall/service-kit';

export interface GroupCommitOptions<Item, Result> {
  /** Commits all items together, or none; answers a result an item, in order. */
  readonly commit: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Items committed together at most. */
  readonly maxBatch: number;
  /** Items waiting at most: a database that is too slow is told to the senders instead of filling the memory. */
  readonly maxWaiting: number;
  /** How long the first of a group may wait for company, ms, asked for each group; 0 while there is time to spare. */
  readonly patienceMs: () => number;
  /** A group that has grown to this size waits no longer. */
  readonly enough: number;
  /** Whether an error may be one item's own fault, so that its neighbours are tried without it. */
  readonly isItemError: (error: unknown) => boolean;
  readonly onCommit?: (size: number) => void;
}

export interface GroupCommit<Item, Result> {
  /** @throws AppError SERVICE_UNAVAILABLE when too many wait; otherwise what `commit` throws. */
  submit(item: Item): Promise<Result>;
  /** Resolves when nothing is waiting or on its way. */
  drained(): Promise<void>;
}

interface Entry<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Commits what arrives while a commit is on its way together in the next one, and under load waits a moment for company
 * (`patienceMs`): a lone item does not wait, and one commit (and one NOTIFY, which takes a lock of the whole instance and
 * wakes every listener) carries many items.
 */
export function createGroupCommit<Item, Result>(options: GroupCommitOptions<Item, Result>): GroupCommit<Item, Result> {
  const waiting: Entry<Item, Result>[] = [];
  let running: Promise<void> | undefined;
  let onGrown: (() => void) | undefined;

  async function commitWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const patienceMs = waiting.length < options.enough ? options.patienceMs() : 0;
      if (patienceMs > 0) await gather(patienceMs);
      await commitBatch(waiting.splice(0, options.maxBatch));
    }
    running = undefined;
  }

  /** Waits until the group is large enough or patience is at its end. */
  function gather(patienceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        onGrown = undefined;
        resolve();
      };
      const timer = setTimeout(done, patienceMs);
      onGrown = () => {
        if (waiting.length >= options.enough) done();
      };
    });
  }

  async function commitBatch(batch: readonly Entry<Item, Result>[]): Promise<void> {
    try {
      options.onCommit?.(batch.length);
      const results = await options.commit(batch.map(({ item }) => item));
      batch.forEach((entry, index) => settle(entry, results[index]));
    } catch (error) {
      if (batch.length > 1 && options.isItemError(error)) {
        for (const entry of batch) await commitBatch([entry]);
        return;
      }
      for (const { reject } of batch) reject(error);
    }
  }

  return {
    submit: (item) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= options.maxWaiting) {
          reject(
            new AppError('SERVICE_UNAVAILABLE', {
              message: 'Too many frames are waiting; try again.',
              retryAfterSeconds: 2,
            }),
          );
          return;
        }
        waiting.push({ item, resolve, reject });
        onGrown?.();
        running ??= commitWaiting();
      }),
    async drained() {
      while (running !== undefined) await running;
    },
  };
}

function settle<Item, Result>(entry: Entry<Item, Result>, result: Result | undefined): void {
  if (result === undefined) entry.reject(new Error('the commit answered fewer results than items'));
  else entry.resolve(result);
}
