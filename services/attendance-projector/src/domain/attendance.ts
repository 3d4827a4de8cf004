import type { Direction, SightingKind } from '@rollcall/attendance-rules';
import type { EventPayload, StoredEvent } from '@rollcall/contracts';

export type { DayCorrection, PersonDay, StoredRecord as AttendanceRecord } from '@rollcall/attendance-data';

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
  /** `confirmed`: a person said who it was. */
  readonly decision: RecognizedFace['decision'] | 'confirmed';
  readonly policyVersionId: string | null;
  readonly eventId: string;
}

/** A sighting before it is known which date it counts for. */
export type UndatedLog = Omit<AttendanceLog, 'workDate' | 'policyVersionId'>;

export function personDayKey(userId: string, workDate: string): string {
  return `${userId}/${workDate}`;
}
