import { Type } from '@sinclair/typebox';
import { CalendarDate, nullable, oneOf, strict, Timestamp, Uuid } from '../../schema/primitives.js';
import { AttendanceStatus } from './attendance.js';

const correction = { correction_id: Uuid, user_id: Uuid, work_date: CalendarDate };

export const attendanceCorrectedV1 = Type.Object(
  {
    ...correction,
    check_in_at: nullable(Timestamp),
    check_out_at: nullable(Timestamp),
    status: nullable(AttendanceStatus),
  },
  { ...strict, description: 'An operator entered attendance by hand. The reason stands in the audit details.' },
);

export const attendanceCorrectionWithdrawnV1 = Type.Object(correction, {
  ...strict,
  description: 'An entry by hand was withdrawn: the record is what cameras and check-ins say again.',
});

export const attendanceExportedV1 = Type.Object(
  {
    format: oneOf(['csv', 'xlsx']),
    row_count: Type.Integer({ minimum: 0 }),
    from: nullable(CalendarDate),
    to: nullable(CalendarDate),
    status: nullable(AttendanceStatus),
    user_id: nullable(Uuid),
  },
  {
    ...strict,
    description:
      'Somebody took records out as a file; written before the first of them left. The whole filter stands in the audit details.',
  },
);

export const attendanceEntryRefusedV1 = Type.Object(
  { batch_id: Uuid, item_count: Type.Integer({ minimum: 1 }) },
  { ...strict, description: 'Somebody tried to enter attendance by hand, and not one item was accepted.' },
);
