import { setTimeout as sleep } from 'node:timers/promises';

export interface GroupCompletionsOptions<Item, Answer> {
  /** Writes several results in one statement; answers in the same order. */
  readonly write: (items: readonly Item[]) => Promise<readonly Answer[]>;
  /** Greatest number in one statement. */
  readonly most: number;
  /**
   * How long the first of a group may wait for company, ms, asked each time: 0 while there is time to spare, more under
   * load, where a commit and a ring for every single result would take the processor from the pipeline.
   */
  readonly patienceMs: () => number;
  /** A group that has grown to this size waits no longer. */
  readonly enough: number;
  /** Whether a failed write may succeed when it is tried again: the database was away, not the results wrong. */
  readonly isTransient: (error: unknown) => boolean;
  /** Pauses before the tries after the first, ms. */
  readonly pausesMs: readonly number[];
}

export interface Written<Answer> {
  readonly answer: Answer;
  /** An earlier try had failed and may have been carried out all the same: "not ours any more" may mean "done by us". */
  readonly again: boolean;
}

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (written: Written<Answer>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Groups neighbours: a result is written at once when no write is under way, else with the others that came meanwhile.
 * Under load, and only then, a group waits a moment for company (`patienceMs`). When a group fails, each is tried alone, so that
 * one bad result spoils no other.
 */
export function groupCompletions<Item, Answer>(
  options: GroupCompletionsOptions<Item, Answer>,
): (item: Item) => Promise<Written<Answer>> {
  const queue: Waiting<Item, Answer>[] = [];
  let writing = false;
  let onGrown: (() => void) | undefined;

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
        if (queue.length >= options.enough) done();
      };
    });
  }

  async function write(group: readonly Waiting<Item, Answer>[], again = false): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        const answers = await options.write(group.map(({ item }) => item));
        for (const [position, { resolve, reject }] of group.entries()) {
          const answer = answers[position];
          if (answer === undefined) reject(new Error('the database answered for fewer results than were written'));
          else resolve({ answer, again: again || attempt > 0 });
        }
        return;
      } catch (error) {
        const pauseMs = options.isTransient(error) ? options.pausesMs[attempt] : undefined;
        if (pauseMs !== undefined) {
          await sleep(pauseMs);
          continue;
        }
        if (group.length === 1) group[0]?.reject(error);
        else for (const alone of group) await write([alone], true);
        return;
      }
    }
  }

  async function writeAll(): Promise<void> {
    writing = true;
    while (queue.length > 0) {
      const patienceMs = queue.length < options.enough ? options.patienceMs() : 0;
      if (patienceMs > 0) await gather(patienceMs);
      await write(queue.splice(0, options.most));
    }
    writing = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      if (writing) onGrown?.();
      else void writeAll();
    });
}
