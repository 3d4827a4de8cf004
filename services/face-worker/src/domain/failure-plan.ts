/** Tries a request gets; the database counts them at each claim. */
export const MAX_ATTEMPTS = 3;

/** How a request that could not be processed goes on. */
export interface FailurePlan {
  /** A code word for the request's `reason`. */
  readonly reason: string;
  /** Back into the queue, as another try may work; the database ends it after the last. */
  readonly retry: boolean;
}

/** An image that is refused is refused for ever; a child that died or storage that did not answer may have been chance. */
export function planForFailure(failure: { readonly code: string; readonly about: string }): FailurePlan {
  return { reason: failure.code, retry: failure.about !== 'image' };
}
