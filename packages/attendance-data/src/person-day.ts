import type { AttendanceStatus, Correction, LogPlace, RecordOutcome, Sighting } from '@rollcall/attendance-rules';

/** An operator's entry: a row of `attendance_corrections`. */
export interface DayCorrection extends Omit<Correction, 'withdrawn'> {
  /** Since when the entry, and its withdrawal, are known. */
  readonly known: LogPlace;
  readonly withdrawn: LogPlace | null;
}

/** What a work date came to for a person: a row of `attendance_records`. */
export interface StoredRecord {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly workDate: string;
  readonly shiftId: string | null;
  readonly checkInAt: Date | null;
  readonly checkOutAt: Date | null;
  readonly status: AttendanceStatus;
  readonly workedMinutes: number;
  readonly breakMinutes: number;
  readonly lateMinutes: number;
  readonly earlyLeaveMinutes: number;
  readonly overtimeMinutes: number;
  readonly source: string;
  readonly corrected: boolean;
  /** What it would be without entries by hand. Epoch milliseconds. */
  readonly replaced: RecordOutcome | null;
  readonly visitCount: number;
  /** Ids of attendance logs, those of check-in and check-out first. */
  readonly evidence: readonly string[];
  readonly policyVersionId: string | null;
  /** The event after which the record came out like this. */
  readonly eventId: string;
}

/** Everything stored of a person's work date. */
export interface PersonDay {
  readonly userId: string;
  readonly workDate: string;
  /** Enough of them to tell the visits apart: see `loadPersonDays`. */
  readonly sightings: readonly Sighting[];
  /** Sightings of the day are stored under another date: rules have changed since. */
  readonly misdated: boolean;
  readonly corrections: readonly DayCorrection[];
  readonly record: StoredRecord | null;
}
