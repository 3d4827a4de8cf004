export interface FeedComparison {
  /** How many of the first events both have, in one order. */
  readonly agreed: number;
  readonly verdict: 'complete' | 'behind' | 'passed over' | 'twice' | 'too much';
}

/**
 * Compares what a reader has seen with the log. `from` are events known to agree from before.
 * `behind`: what it has is right, the rest may still come. `passed over`: an event is missing, and a later one is there.
 */
export function compareFeed(log: readonly string[], seen: readonly string[], from = 0): FeedComparison {
  let agreed = from;
  while (agreed < log.length && agreed < seen.length && seen[agreed] === log[agreed]) agreed += 1;
  const next = seen[agreed];
  if (next === undefined) return { agreed, verdict: agreed === log.length ? 'complete' : 'behind' };
  if (seen.indexOf(next) < agreed) return { agreed, verdict: 'twice' };
  return { agreed, verdict: agreed === log.length ? 'too much' : 'passed over' };
}
