import { createSharedTail, type SharedTail, type TailSource } from './shared-tail.js';
import type { FeedRow } from './feed-page.js';

/** So long a tail nobody follows is kept: whoever polls again soon finds it. */
const IDLE_MS = 30_000;

export interface Tails<Row extends FeedRow> {
  /** The tail of an organization, which stays until it is released as often as taken. */
  take(organizationId: string): SharedTail<Row>;
  release(organizationId: string): void;
  /** The tail of an organization if there is one. */
  find(organizationId: string): SharedTail<Row> | undefined;
  ring(): void;
  stop(): Promise<void>;
  readonly stopped: boolean;
}

export interface TailsOptions<Row extends FeedRow> {
  readonly sourceOf: (organizationId: string) => TailSource<Row>;
  readonly onError: (error: unknown) => void;
  readonly idleMs?: number;
}

interface Held<Row extends FeedRow> {
  readonly tail: SharedTail<Row>;
  followers: number;
  idle?: NodeJS.Timeout;
}

/** One tail an organization, for as long as somebody follows it. */
export function createTails<Row extends FeedRow>({
  sourceOf,
  onError,
  idleMs = IDLE_MS,
}: TailsOptions<Row>): Tails<Row> {
  const held = new Map<string, Held<Row>>();
  let stopped = false;

  function drop(organizationId: string, { tail }: Held<Row>): void {
    held.delete(organizationId);
    tail.stop().catch(onError);
  }

  return {
    get stopped() {
      return stopped;
    },
    find: (organizationId) => held.get(organizationId)?.tail,
    take(organizationId) {
      let entry = held.get(organizationId);
      if (entry === undefined) {
        entry = { tail: createSharedTail({ ...sourceOf(organizationId), onError }), followers: 0 };
        held.set(organizationId, entry);
      }
      clearTimeout(entry.idle);
      entry.followers += 1;
      return entry.tail;
    },
    release(organizationId) {
      const entry = held.get(organizationId);
      if (entry === undefined) return;
      entry.followers -= 1;
      if (entry.followers > 0) return;
      entry.idle = setTimeout(() => drop(organizationId, entry), idleMs);
      entry.idle.unref();
    },
    ring() {
      for (const { tail } of held.values()) tail.ring();
    },
    async stop() {
      stopped = true;
      const tails = [...held.values()];
      held.clear();
      for (const { idle } of tails) clearTimeout(idle);
      await Promise.all(tails.map(({ tail }) => tail.stop()));
    },
  };
}
