import { median } from './statistics.js';

export interface MemoryPoint {
  /** Since the start, ms. */
  readonly at: number;
  readonly megabytes: number;
}

/** How the memory of one process went over a run. */
export interface MemoryCourse {
  /** Medians after the warm-up and at the end, MB. */
  readonly first: number;
  readonly last: number;
  /** Least squares over the second half, MB an hour; NaN when there are not two points in it. */
  readonly slope: number;
  /** Whether it holds more at the end than `MOST_GROWTH` allows. */
  readonly grows: boolean;
}

/** The share of the time in which code is compiled and caches fill. */
const WARM_UP_SHARE = 0.2;
/** A process may hold so much more at the end than after the warm-up. */
const MOST_GROWTH = { megabytes: 30, share: 0.15 };
const HOUR_MS = 3_600_000;

/** @param wholeMs length of the run */
export function followMemory(points: readonly MemoryPoint[], wholeMs: number): MemoryCourse {
  const known = points.filter(({ megabytes }) => Number.isFinite(megabytes));
  const between = (from: number, to: number): MemoryPoint[] =>
    known.filter(({ at }) => at >= from * wholeMs && at <= to * wholeMs);
  const level = (from: number, to: number): number => {
    const values = between(from, to).map(({ megabytes }) => megabytes);
    return values.length === 0 ? NaN : median(values);
  };
  const first = level(WARM_UP_SHARE, WARM_UP_SHARE + 0.2);
  const last = level(0.8, 1);
  const grows = last - first > Math.max(MOST_GROWTH.megabytes, first * MOST_GROWTH.share);
  return { first, last, slope: slopeOf(between(0.5, 1)) * HOUR_MS, grows };
}

/** Least squares, MB a millisecond. */
function slopeOf(points: readonly MemoryPoint[]): number {
  const meanOf = (value: (point: MemoryPoint) => number): number =>
    points.reduce((sum, point) => sum + value(point), 0) / points.length;
  const [at, megabytes] = [meanOf((point) => point.at), meanOf((point) => point.megabytes)];
  const over = points.reduce((sum, point) => sum + (point.at - at) * (point.megabytes - megabytes), 0);
  const under = points.reduce((sum, point) => sum + (point.at - at) ** 2, 0);
  return over / under;
}
