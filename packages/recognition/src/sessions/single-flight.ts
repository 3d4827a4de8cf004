/**
 * Wraps a slow load so that calls made while it runs share it and later calls get its result. A failed load is
 * forgotten: the next call tries again.
 */
export function singleFlight<Result>(load: () => Promise<Result>): () => Promise<Result> {
  let flight: Promise<Result> | undefined;
  return () => {
    flight ??= load().catch((error: unknown) => {
      flight = undefined;
      throw error;
    });
    return flight;
  };
}
