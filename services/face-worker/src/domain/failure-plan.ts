/** Tries a request gets; the database counts them at each claim. */
export const MAX_ATTEMPTS = 3;

/** How a request that could not be processed goes on. */
export interface FailurePlan {
  /** A code word for the request's `reason`. */
  readonly reason: string;
  /** Another try after a pause may work; the database ends it after the last. */
  readonly retry: boolean;
  /** Storage or database is in trouble, not the request: the try is not counted, for as long as the database sees fit. */
  readonly spare: boolean;
}

/**
 * An image that is refused is refused for ever; a child that died may have been chance. Storage that is away, full or not
 * mounted would fail every frame at once: that must cost none of them its tries.
 */
export function planForFailure(failure: { readonly code: string; readonly about: string }): FailurePlan {
  return { reason: failure.code, retry: failure.about !== 'image', spare: failure.about === 'storage' };
}
