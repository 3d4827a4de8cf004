import { AppError } from '@rollcall/service-kit';

export interface FeedLimits {
  /** Of all callers together. */
  readonly most: number;
  readonly mostPerCaller: number;
}

export interface FeedAdmission {
  /**
   * Lets a caller in; what it answers is to be called once when the caller leaves.
   *
   * @throws TOO_MANY_REQUESTS when this caller has enough of them, SERVICE_UNAVAILABLE when all together do.
   */
  enter(caller: string): () => void;
  readonly inside: number;
}

const RETRY_AFTER_SECONDS = 5;

/** Bounds what may wait at once: each costs memory and a connection, also while nothing happens. */
export function createFeedAdmission({ most, mostPerCaller }: FeedLimits): FeedAdmission {
  const callers = new Map<string, number>();
  let inside = 0;

  function leave(caller: string): void {
    const left = (callers.get(caller) ?? 0) - 1;
    if (left > 0) callers.set(caller, left);
    else callers.delete(caller);
    inside -= 1;
  }

  return {
    get inside() {
      return inside;
    },
    enter(caller) {
      const own = callers.get(caller) ?? 0;
      const retry = { retryAfterSeconds: RETRY_AFTER_SECONDS };
      if (own >= mostPerCaller) {
        throw new AppError('TOO_MANY_REQUESTS', { ...retry, message: 'You wait here too many times at once.' });
      }
      if (inside >= most)
        throw new AppError('SERVICE_UNAVAILABLE', { ...retry, message: 'Too many wait here at once.' });
      callers.set(caller, own + 1);
      inside += 1;
      let gone = false;
      return () => {
        if (gone) return;
        gone = true;
        leave(caller);
      };
    },
  };
}
