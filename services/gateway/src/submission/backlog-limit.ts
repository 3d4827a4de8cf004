import { AppError } from '@rollcall/service-kit';

/** Frames that wait for a face worker, by organization. */
export type Backlog = ReadonlyMap<string, number>;

export interface BacklogLimitOptions {
  /** Frames of the whole installation that may wait. */
  readonly most: number;
  /** Looks how many wait, of everybody. It need not count beyond what `most` asks for of any one. */
  readonly look: () => Promise<Backlog>;
  /** A look is good for this long, ms. */
  readonly lookEveryMs?: number;
  /** Monotonic time, ms. */
  readonly now?: () => number;
  /** A look failed; the one before stays. */
  readonly onError: (error: unknown) => void;
}

export interface BacklogLimit {
  /**
   * Whether a frame of the organization may still join the queue, by the latest look. Never waits: the next look is
   * taken behind the frames' back.
   *
   * @throws AppError TOO_MANY_REQUESTS when the queue is full and the organization holds its share of it or more.
   */
  check(organizationId: string): void;
}

const LOOK_EVERY_MS = 1_000;
const RETRY_AFTER_SECONDS = 10;

/**
 * Keeps the queue of frames from growing for ever while recognition cannot follow. Once as many wait as may, those who
 * hold an equal share or more are asked to come again, so that nobody's flood shuts the door for others; with every
 * organization at its share the queue holds twice `most` at worst.
 */
export function createBacklogLimit(options: BacklogLimitOptions): BacklogLimit {
  const { most, look, lookEveryMs = LOOK_EVERY_MS, now = () => performance.now() } = options;
  let backlog: Backlog = new Map();
  let total = 0;
  let lookedAt = -Infinity;
  let looking = false;

  async function lookAgain(): Promise<void> {
    looking = true;
    try {
      backlog = await look();
      total = Array.from(backlog.values()).reduce((sum, waiting) => sum + waiting, 0);
    } catch (error) {
      options.onError(error);
    } finally {
      lookedAt = now();
      looking = false;
    }
  }

  return {
    check(organizationId) {
      if (!looking && now() - lookedAt >= lookEveryMs) void lookAgain();
      if (total < most) return;
      const own = backlog.get(organizationId) ?? 0;
      const sharers = backlog.size + (own === 0 ? 1 : 0);
      if (own < most / sharers) return;
      throw new AppError('TOO_MANY_REQUESTS', {
        message: 'Too many frames wait to be recognised; send this one again later.',
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    },
  };
}
