/**
 * The value below which a share `q` (0..1) of the sorted values lies (nearest rank).
 * @throws RangeError for an empty list.
 */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))];
  if (value === undefined) throw new RangeError('no values');
  return value;
}

/** The middle value. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);
