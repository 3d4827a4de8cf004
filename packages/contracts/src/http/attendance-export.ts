import { Type, type Static } from '@sinclair/typebox';
import { AttendanceStatus } from '../events/payloads/attendance.js';
import { CalendarDate, oneOf, strict, Uuid } from '../schema/primitives.js';

export const exportFormats = ['csv', 'xlsx'] as const;

export const AttendanceExportQuery = Type.Object(
  {
    format: oneOf(exportFormats),
    user_id: Type.Optional(Uuid),
    department: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
    from: Type.Optional(CalendarDate),
    to: Type.Optional(CalendarDate),
    status: Type.Optional(AttendanceStatus),
    bom: Type.Optional(
      Type.Boolean({
        default: true,
        description: 'csv: begin with the UTF-8 byte order mark, by which spreadsheets know the encoding.',
      }),
    ),
  },
  strict,
);
export type AttendanceExportQuery = Static<typeof AttendanceExportQuery>;

export const exportContentTypes = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;
