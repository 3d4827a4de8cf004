import type { AttendanceStatus, Correction, Direction, Sighting, SightingKind } from '@rollcall/attendance-rules';
import type { AttendancePolicyRules, EventPayload, StoredEvent } from '@rollcall/contracts';

export type RecognitionCompleted = StoredEvent<'recognition.completed'>;
export type RecognizedFace = EventPayload<'recognition.completed'>['faces'][number];

/** A person seen or a punch: a row of `attendance_logs`. */
export interface AttendanceLog {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly kind: SightingKind;
  readonly capturedAt: Date;
  readonly receivedAt: Date;
  readonly lateArrival: boolean;
  /** YYYY-MM-DD. */
  readonly workDate: string;
  readonly sourceId: string | null;
  readonly direction: Direction;
  readonly recognitionId: string | null;
  readonly recognizedFaceId: string | null;
  readonly similarity: number | null;
  readonly margin: number | null;
  readonly livenessScore: number | null;
  readonly livenessVerdict: RecognizedFace['liveness_verdict'] | null;
  readonly box: RecognizedFace['box'] | null;
  readonly modelId: string | null;
  readonly galleryVersion: number | null;
  readonly decision: RecognizedFace['decision'];
  readonly policyVersionId: string | null;
  readonly eventId: string;
}

/** An operator's entry: a row of `attendance_corrections`. */
export interface DayCorrection extends Omit<Correction, 'withdrawn'> {
  /** Epoch milliseconds; null while it stands. */
  readonly withdrawnAt: number | null;
}

/** What a work date came to for a person: a row of `attendance_records`. */
export interface AttendanceRecord {
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
  readonly visitCount: number;
  /** Ids of attendance logs, those of check-in and check-out first. */
  readonly evidence: readonly string[];
  readonly policyVersionId: string | null;
  /** The event after which the record came out like this. */
  readonly eventId: string;
}

/** Everything known of a person's work date. */
export interface PersonDay {
  readonly userId: string;
  readonly workDate: string;
  /** Enough of them to tell the visits apart: see `loadPersonDays`. */
  readonly sightings: readonly Sighting[];
  readonly corrections: readonly DayCorrection[];
  readonly record: AttendanceRecord | null;
}

/** A version of the policy; immutable, so that a day computed again comes out the same. */
export interface PolicyVersion {
  readonly id: string | null;
  readonly version: number;
  /** First work date it holds for. */
  readonly validFrom: string;
  readonly rules: AttendancePolicyRules;
  readonly createdAt: Date;
}

export function personDayKey(userId: string, workDate: string): string {
  return `${userId}/${workDate}`;
}
