import { Type } from '@sinclair/typebox';
import {
  CorrectionListQuery,
  CorrectionOut,
  CorrectionParams,
  CorrectionWithdrawal,
  ManualAttendanceBody,
  ManualAttendanceResult,
} from '../http/manual-attendance.js';
import { manualAttendanceItem, manualAttendanceResult, withdrawnCorrection } from './manual-attendance-examples.js';
import { declareOperations } from './operation.js';

export const manualAttendanceOperations = declareOperations({
  enterAttendance: {
    method: 'post',
    path: '/v1/ops/manual_attendance',
    tag: 'Attendance by hand',
    summary: 'Enter attendance by hand, many at once',
    description:
      'Each item gets its verdict; one bad item does not lose the others. What is entered wins over what cameras saw, and frames that come later do not change it.',
    access: ['ADMIN', 'OPERATOR'],
    headers: ['Idempotency-Key'],
    audit: ['attendance.corrected', 'attendance.entry_refused'],
    json: ManualAttendanceBody,
    jsonExample: { items: [manualAttendanceItem] },
    judgedSingly: 'items',
    answers: [
      {
        status: 200,
        codes: ['ATTENDANCE_ENTERED'],
        description: 'A verdict for each item, in the order of the call.',
        data: ManualAttendanceResult,
        headers: ['Idempotency-Replayed'],
        example: manualAttendanceResult,
      },
    ],
  },
  listCorrections: {
    method: 'get',
    path: '/v1/ops/manual_attendance',
    tag: 'Attendance by hand',
    summary: 'What was entered by hand, with its history',
    access: ['ADMIN', 'OPERATOR'],
    query: CorrectionListQuery,
    answers: [
      {
        status: 200,
        codes: ['CORRECTIONS_LISTED'],
        description: 'Entries, newest first, those withdrawn among them.',
        data: Type.Array(CorrectionOut),
        paging: 'list',
        example: [withdrawnCorrection],
      },
    ],
  },
  withdrawCorrection: {
    method: 'post',
    path: '/v1/ops/manual_attendance/{correction_id}/withdraw',
    tag: 'Attendance by hand',
    summary: 'Withdraw an entry',
    description: 'The entry stays in the history; the record becomes what it would be without it.',
    access: ['ADMIN', 'OPERATOR'],
    audit: 'attendance.correction_withdrawn',
    params: CorrectionParams,
    json: CorrectionWithdrawal,
    jsonExample: { reason: 'Entered for the wrong person' },
    answers: [
      {
        status: 200,
        codes: ['CORRECTION_WITHDRAWN'],
        description: 'The entry, withdrawn.',
        data: CorrectionOut,
        example: withdrawnCorrection,
      },
    ],
    errors: ['NOT_FOUND', 'ALREADY_WITHDRAWN'],
  },
});
