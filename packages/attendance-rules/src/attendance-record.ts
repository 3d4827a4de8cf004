import type { attendanceStatuses } from '@rollcall/contracts';

export type AttendanceStatus = (typeof attendanceStatuses)[number];

/** The three things a correction may state. */
export interface RecordOutcome {
  /** Epoch milliseconds. */
  readonly checkInAt: number | null;
  /** Epoch milliseconds. */
  readonly checkOutAt: number | null;
  readonly status: AttendanceStatus;
}

/** One person's work date, computed from sightings, corrections, policy and calendar alone. */
export interface AttendanceRecord extends RecordOutcome {
  readonly userId: string;
  /** `YYYY-MM-DD`. */
  readonly workDate: string;
  readonly shiftId: string | null;
  /** All minutes are whole and rounded down, each from its own sum of milliseconds. */
  readonly workedMinutes: number;
  readonly breakMinutes: number;
  readonly lateMinutes: number;
  readonly earlyLeaveMinutes: number;
  readonly overtimeMinutes: number;
  /** What check-in and check-out stand on, joined by `+` (`face`, `face+manual`); `calendar` when nobody was seen. */
  readonly source: string;
  readonly corrected: boolean;
  /** What check-in, check-out and status would be without corrections; null when there is none, or nobody was seen. */
  readonly replaced: RecordOutcome | null;
  /** Visits of the day, however many frames each has. */
  readonly visitCount: number;
  /** Check-ins without a check-out and the other way round. */
  readonly openVisits: number;
  /**
   * Ids of the sightings behind it, one a visit (the first, which gives the visit its time): check-in and check-out
   * first, then the others by time. Further frames of a visit change nothing here.
   */
  readonly evidence: readonly string[];
  readonly policyVersionId: string | null;
}
