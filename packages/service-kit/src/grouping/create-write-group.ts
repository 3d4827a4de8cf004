import { gatherCompany, type Company } from './gather-company.js';
import { writeGroup, type Entry, type WriteRules, type Written } from './write-group.js';

export interface WriteGroupOptions<Item, Answer> extends WriteRules<Item, Answer> {
  /** Greatest number in one write. */
  readonly most: number;
  /** Items waiting at most, and what who comes then is told: a database that is too slow must not fill the memory. */
  readonly waiting?: { readonly most: number; readonly refusal: () => Error };
  /**
   * How long the first of a group may wait for company, ms, asked for each group: 0 while there is time to spare, more
   * under load, where a commit and a ring for every single item would take the processor from the work itself.
   */
  readonly patienceMs: () => number;
  /**
   * A group that has grown to this size waits no longer; asked again as it grows.
   *
   * @param senders how many there seem to be: the size of the write before and those who waited while it was under way.
   */
  readonly enough: (senders: number) => number;
  /** Nor does one that nobody has joined for so long, ms: who is not on the way is not waited for. */
  readonly restMs?: number;
}

export interface WriteGroup<Item, Answer> {
  /** @throws the refusal when too many wait; otherwise what the write of this item threw last. */
  submit(item: Item): Promise<Written<Answer>>;
  /** Resolves when nothing is waiting or on its way. */
  drained(): Promise<void>;
}

/**
 * Writes neighbours together: an item is written at once when no write is under way, else with the others that came
 * meanwhile; under load, and only then, a group waits a moment for company. A lone item does not wait, and one commit (and
 * one NOTIFY, which takes a lock of the whole instance and wakes every listener) carries many items.
 */
export function createWriteGroup<Item, Answer>(options: WriteGroupOptions<Item, Answer>): WriteGroup<Item, Answer> {
  const queue: Entry<Item, Answer>[] = [];
  let running: Promise<void> | undefined;
  let company: Company | undefined;
  let senders = 1;

  const isEnough = (): boolean => queue.length >= options.enough(senders);

  async function writeAll(): Promise<void> {
    while (queue.length > 0) {
      const patienceMs = isEnough() ? 0 : options.patienceMs();
      if (patienceMs > 0) {
        company = gatherCompany(patienceMs, isEnough, options.restMs);
        await company.gathered;
        company = undefined;
      }
      const group = queue.splice(0, options.most);
      await writeGroup(options, group);
      senders = group.length + queue.length;
    }
    running = undefined;
  }

  return {
    submit: (item) =>
      new Promise((resolve, reject) => {
        if (options.waiting !== undefined && queue.length >= options.waiting.most) {
          reject(options.waiting.refusal());
          return;
        }
        queue.push({ item, resolve, reject });
        company?.grown();
        running ??= writeAll();
      }),
    async drained() {
      while (running !== undefined) await running;
    },
  };
}
