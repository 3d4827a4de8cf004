import type { AttendanceStatus } from '../attendance-record.js';
import type { Correction } from '../correction.js';

/** A time entered by hand and when it was entered, epoch milliseconds. */
export interface ManualTime {
  readonly at: number;
  readonly enteredAt: number;
}

/** What all corrections of a day say together. */
export interface MergedCorrection {
  readonly checkIn: ManualTime | undefined;
  readonly checkOut: ManualTime | undefined;
  readonly status: AttendanceStatus | undefined;
}

/** For each of the three things, what the latest correction that states it says. Withdrawn ones say nothing. */
export function mergeCorrections(corrections: readonly Correction[]): MergedCorrection | undefined {
  const valid = corrections
    .filter((correction) => !correction.withdrawn)
    .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  if (valid.length === 0) return undefined;
  const checkIn = valid.findLast((correction) => correction.checkInAt !== null);
  const checkOut = valid.findLast((correction) => correction.checkOutAt !== null);
  return {
    checkIn: manualTime(checkIn?.checkInAt, checkIn?.createdAt),
    checkOut: manualTime(checkOut?.checkOutAt, checkOut?.createdAt),
    status: valid.findLast((correction) => correction.status !== null)?.status ?? undefined,
  };
}

function manualTime(at: number | null | undefined, enteredAt: number | undefined): ManualTime | undefined {
  return at === undefined || at === null || enteredAt === undefined ? undefined : { at, enteredAt };
}
