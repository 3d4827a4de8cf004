import type { AttendanceOut } from '@rollcall/contracts';

/** A record as it is exported. */
export interface ExportedRecord extends Omit<AttendanceOut, 'check_in_at' | 'check_out_at' | 'evidence' | 'logs'> {
  readonly department: string | null;
  readonly check_in_at: Date | null;
  readonly check_out_at: Date | null;
}

export type Cell = string | number | null;

export interface ExportColumn {
  readonly header: string;
  /** Width in a spreadsheet, characters. */
  readonly width: number;
  readonly value: (record: ExportedRecord, localTime: (instant: Date) => string) => Cell;
}

const DURATIONS = ['worked', 'break', 'late', 'early_leave', 'overtime'] as const;

/** The columns of an exported file, in their order. Times are local with offset, durations in minutes and as h:mm. */
export const exportColumns: readonly ExportColumn[] = [
  { header: 'work_date', width: 12, value: ({ work_date }) => work_date },
  { header: 'employee_code', width: 14, value: ({ employee_code }) => employee_code },
  { header: 'full_name', width: 28, value: ({ full_name }) => full_name },
  { header: 'department', width: 20, value: ({ department }) => department },
  { header: 'status', width: 10, value: ({ status }) => status },
  { header: 'check_in', width: 26, value: ({ check_in_at }, local) => check_in_at && local(check_in_at) },
  { header: 'check_out', width: 26, value: ({ check_out_at }, local) => check_out_at && local(check_out_at) },
  ...DURATIONS.flatMap((duration): ExportColumn[] => {
    const minutes = `${duration}_minutes` as const;
    return [
      { header: minutes, width: 10, value: (record) => record[minutes] },
      { header: duration, width: 8, value: (record) => hoursAndMinutes(record[minutes]) },
    ];
  }),
  { header: 'source', width: 12, value: ({ source }) => source },
  { header: 'corrected', width: 10, value: ({ corrected }) => (corrected ? 'yes' : 'no') },
  { header: 'user_id', width: 38, value: ({ user_id }) => user_id },
  { header: 'attendance_id', width: 38, value: ({ attendance_id }) => attendance_id },
];

export function toCells(record: ExportedRecord, localTime: (instant: Date) => string): Cell[] {
  return exportColumns.map(({ value }) => value(record, localTime));
}

/** 485 is 8:05; more than a day goes on counting hours. */
export function hoursAndMinutes(minutes: number): string {
  return `${String(Math.floor(minutes / 60))}:${String(minutes % 60).padStart(2, '0')}`;
}
