export type CaptureTime =
  | { readonly ok: true; readonly capturedAt: Date; readonly lateArrival: boolean }
  | { readonly ok: false; readonly fault: 'ahead'; readonly aheadSeconds: number }
  | { readonly ok: false; readonly fault: 'too_long_ago' };

/** Work dates from 1900 on are known (see `createValidator`), and that of a capture can be the day before it: a year of room. */
const EARLIEST = Date.UTC(1901, 0, 1);

export interface CaptureLimits {
  readonly max_clock_skew_seconds: number;
  readonly late_arrival_after_seconds: number;
}

/**
 * A camera's clock may run a little ahead of ours; further ahead is refused, because the sighting would stand in the
 * future. The past is taken as it is, and marked when it is longer ago than a frame usually takes to arrive; what a clock
 * says that was never set, up to a date no record can have, is refused.
 *
 * @param timestamp RFC 3339 with offset, checked before.
 */
export function checkCaptureTime(timestamp: string, receivedAt: Date, limits: CaptureLimits): CaptureTime {
  const capturedAt = new Date(timestamp);
  const aheadSeconds = (capturedAt.getTime() - receivedAt.getTime()) / 1_000;
  if (aheadSeconds > limits.max_clock_skew_seconds) return { ok: false, fault: 'ahead', aheadSeconds };
  if (capturedAt.getTime() < EARLIEST) return { ok: false, fault: 'too_long_ago' };
  return { ok: true, capturedAt, lateArrival: -aheadSeconds > limits.late_arrival_after_seconds };
}
