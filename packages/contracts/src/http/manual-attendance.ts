import { Type, type Static } from '@sinclair/typebox';
import { CalendarDate, CodeWord, nullable, oneOf, strict, Timestamp, Uuid } from '../schema/primitives.js';
import { pageQuery } from './paging.js';

/** What may be stated by hand: `open` is what is left when something is missing, nobody states it. */
const ManualStatus = oneOf(['present', 'late', 'half_day', 'absent', 'on_leave', 'holiday']);

/** Text of a line, as a name is: no control characters, and not only blanks. */
const Reason = Type.String({
  minLength: 1,
  maxLength: 500,
  pattern: '^[^\\u0000-\\u001f\\u007f]*[^\\s\\u0000-\\u001f\\u007f][^\\u0000-\\u001f\\u007f]*$',
  description: 'Why: shown in the history and in the audit trail.',
  examples: ['Camera at the entrance was off'],
});

export const ManualAttendanceItem = Type.Object(
  {
    user_id: Uuid,
    work_date: CalendarDate,
    check_in_at: Type.Optional(nullable(Timestamp)),
    check_out_at: Type.Optional(nullable(Timestamp)),
    status: Type.Optional(nullable(ManualStatus)),
    reason: Reason,
  },
  {
    ...strict,
    title: 'ManualAttendanceItem',
    description: 'At least one of check_in_at, check_out_at and status. What is absent or null is not stated.',
  },
);
export type ManualAttendanceItem = Static<typeof ManualAttendanceItem>;

export const MAX_MANUAL_ITEMS = 200;

export const ManualAttendanceBody = Type.Object(
  {
    items: Type.Array(Type.Union([ManualAttendanceItem, Type.Object({})]), {
      minItems: 1,
      maxItems: MAX_MANUAL_ITEMS,
      description:
        'ManualAttendanceItems. One that does not have this form is refused by its verdict; the others are not lost.',
    }),
  },
  { ...strict, title: 'ManualAttendanceBody' },
);
export type ManualAttendanceBody = Static<typeof ManualAttendanceBody>;

export const ManualAttendanceVerdict = Type.Object(
  {
    index: Type.Integer({ minimum: 0, description: 'Place of the item in the call.' }),
    verdict: oneOf(['created', 'refused']),
    correction_id: nullable(Uuid),
    errors: Type.Array(
      Type.Object({ path: Type.String(), code: CodeWord, message: Type.String() }, { ...strict, title: 'ItemProblem' }),
      { description: 'Why it was refused; path is a JSON pointer into the body.' },
    ),
  },
  { ...strict, title: 'ManualAttendanceVerdict' },
);
export type ManualAttendanceVerdict = Static<typeof ManualAttendanceVerdict>;

export const ManualAttendanceResult = Type.Object(
  {
    batch_id: Uuid,
    created: Type.Integer({ minimum: 0 }),
    refused: Type.Integer({ minimum: 0 }),
    items: Type.Array(ManualAttendanceVerdict),
  },
  { ...strict, title: 'ManualAttendanceResult' },
);
export type ManualAttendanceResult = Static<typeof ManualAttendanceResult>;

export const CorrectionOut = Type.Object(
  {
    correction_id: Uuid,
    user_id: Uuid,
    work_date: CalendarDate,
    check_in_at: nullable(Timestamp),
    check_out_at: nullable(Timestamp),
    status: nullable(ManualStatus),
    reason: Type.String(),
    created_by: Uuid,
    created_at: Timestamp,
    withdrawn_by: nullable(Uuid),
    withdrawn_at: nullable(Timestamp),
    withdrawal_reason: nullable(Type.String()),
  },
  { ...strict, title: 'CorrectionOut' },
);
export type CorrectionOut = Static<typeof CorrectionOut>;

export const CorrectionListQuery = Type.Object(
  {
    user_id: Type.Optional(Uuid),
    from: Type.Optional(CalendarDate),
    to: Type.Optional(CalendarDate),
    standing: Type.Optional(Type.Boolean({ description: 'true: without those withdrawn; false: only those.' })),
    ...pageQuery,
  },
  strict,
);
export type CorrectionListQuery = Static<typeof CorrectionListQuery>;

export const CorrectionParams = Type.Object({ correction_id: Uuid }, strict);
export const CorrectionWithdrawal = Type.Object({ reason: Reason }, { ...strict, title: 'CorrectionWithdrawal' });
