import type { AttendanceStatus } from './attendance-record.js';

/** What an operator entered by hand for one person and work date. What is null was not stated. */
export interface Correction {
  readonly id: string;
  readonly userId: string;
  /** `YYYY-MM-DD`. */
  readonly workDate: string;
  /** Epoch milliseconds. */
  readonly checkInAt: number | null;
  /** Epoch milliseconds. */
  readonly checkOutAt: number | null;
  readonly status: AttendanceStatus | null;
  /** When it was entered, epoch milliseconds: of two that state the same thing the later one counts. */
  readonly createdAt: number;
  /** A withdrawn correction stays in the history and counts for nothing. */
  readonly withdrawn: boolean;
}
