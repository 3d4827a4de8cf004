import { describe, expect, it } from 'vitest';
import { checkCaptureTime } from './check-capture-time.js';

const receivedAt = new Date('2025-03-03T09:00:00.000Z');
const limits = { max_clock_skew_seconds: 120, late_arrival_after_seconds: 300 };
const check = (timestamp: string) => checkCaptureTime(timestamp, receivedAt, limits);

describe('checkCaptureTime', () => {
  it('takes a clock that is ahead by as much as is allowed, and refuses one that is further ahead', () => {
    expect(check('2025-03-03T09:02:00.000Z')).toMatchObject({ ok: true, lateArrival: false });
    expect(check('2025-03-03T09:02:00.001Z')).toMatchObject({ ok: false });
  });

  it('reads the offset', () => {
    expect(check('2025-03-03T10:00:00+01:00')).toEqual({ ok: true, capturedAt: receivedAt, lateArrival: false });
  });

  it('takes the past and marks what arrives late', () => {
    expect(check('2025-03-03T08:55:00Z')).toMatchObject({ ok: true, lateArrival: false });
    expect(check('2025-03-03T08:54:59Z')).toMatchObject({ ok: true, lateArrival: true });
    expect(check('2020-01-01T00:00:00Z')).toMatchObject({ ok: true, lateArrival: true });
  });

  it('refuses what is before every date a record can have', () => {
    expect(check('1901-01-01T00:00:00Z')).toMatchObject({ ok: true });
    for (const time of ['1900-12-31T23:59:59Z', '1901-01-01T00:00:00+00:01', '1900-01-01T00:00:00Z']) {
      expect(check(time)).toEqual({ ok: false, fault: 'too_long_ago' });
    }
  });
});
