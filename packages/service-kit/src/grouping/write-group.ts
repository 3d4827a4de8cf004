import { setTimeout as sleep } from 'node:timers/promises';

export interface WriteRules<Item, Answer> {
  /** Writes all items together, or none; answers in the same order. */
  readonly write: (items: readonly Item[]) => Promise<readonly Answer[]>;
  /** Whether an error may be one item's own fault: then each of the group is tried alone, once its tries are used up. */
  readonly isItemError: (error: unknown) => boolean;
  /** When a failed write may succeed if it is tried again: the database was away, not the items wrong. */
  readonly retry?: {
    readonly isTransient: (error: unknown) => boolean;
    /** Pauses before the tries after the first, ms. */
    readonly pausesMs: readonly number[];
  };
  /** Told of the size of each group before it is written. */
  readonly onWrite?: (size: number) => void;
}

export interface Written<Answer> {
  readonly answer: Answer;
  /** An earlier try had failed and may have been carried out all the same: "not there any more" may mean "done by us". */
  readonly again: boolean;
}

export interface Entry<Item, Answer> {
  readonly item: Item;
  readonly resolve: (written: Written<Answer>) => void;
  readonly reject: (error: unknown) => void;
}

/** Writes a group and tells each of its items what became of it; never throws. @param again it was tried before. */
export async function writeGroup<Item, Answer>(
  rules: WriteRules<Item, Answer>,
  group: readonly Entry<Item, Answer>[],
  again = false,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      rules.onWrite?.(group.length);
      const answers = await rules.write(group.map(({ item }) => item));
      group.forEach((entry, index) => settle(entry, answers[index], again || attempt > 0));
      return;
    } catch (error) {
      const pauseMs = rules.retry?.isTransient(error) === true ? rules.retry.pausesMs[attempt] : undefined;
      if (pauseMs !== undefined) {
        await sleep(pauseMs);
        continue;
      }
      if (group.length > 1 && rules.isItemError(error)) {
        for (const alone of group) await writeGroup(rules, [alone], true);
      } else {
        for (const { reject } of group) reject(error);
      }
      return;
    }
  }
}

function settle<Item, Answer>(entry: Entry<Item, Answer>, answer: Answer | undefined, again: boolean): void {
  if (answer === undefined) entry.reject(new Error('the database answered for fewer items than were written'));
  else entry.resolve({ answer, again });
}
