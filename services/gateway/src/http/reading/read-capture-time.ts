import { AppError } from '@rollcall/service-kit';
import { checkCaptureTime, type CaptureLimits, type CaptureTime } from '../../domain/check-capture-time.js';

/** @throws CAPTURED_IN_FUTURE; VALIDATION_FAILED with TOO_LONG_AGO, both at `/timestamp`. */
export function readCaptureTime(
  timestamp: string,
  receivedAt: Date,
  limits: CaptureLimits,
): Extract<CaptureTime, { ok: true }> {
  const time = checkCaptureTime(timestamp, receivedAt, limits);
  if (time.ok) return time;
  const path = '/timestamp';
  if (time.fault === 'too_long_ago') {
    const message = 'is more than a century ago';
    throw new AppError('VALIDATION_FAILED', { errors: [{ path, code: 'TOO_LONG_AGO', message }] });
  }
  const most = String(limits.max_clock_skew_seconds);
  const message = `is ${time.aheadSeconds.toFixed(0)} s ahead of our clock; ${most} s are accepted`;
  throw new AppError('CAPTURED_IN_FUTURE', { errors: [{ path, code: 'IN_FUTURE', message }] });
}
