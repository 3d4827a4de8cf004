import { Type } from '@sinclair/typebox';
import {
  AttendanceEvidenceQuery,
  AttendanceLogOut,
  AttendanceLogParams,
  AttendanceOut,
  AttendanceParams,
  AttendanceQuery,
  AttendanceSummary,
  OwnAttendanceQuery,
} from '../http/attendance.js';
import { attendance, attendanceLog } from './examples.js';
import { declareOperations } from './operation.js';

export const attendanceOperations = declareOperations({
  getOwnAttendance: {
    method: 'get',
    path: '/v1/user/get-attendance',
    tag: 'Attendance',
    summary: 'Your own records',
    description: 'With month also the summary of that month: days by status, minutes worked, late and overtime.',
    access: ['ADMIN', 'OPERATOR', 'USER'],
    query: OwnAttendanceQuery,
    answers: [
      {
        status: 200,
        codes: ['ATTENDANCE_LISTED'],
        description: 'Your records, newest work date first unless `order` is asc.',
        data: Type.Array(AttendanceOut),
        paging: 'list',
        summary: AttendanceSummary,
        example: [{ ...attendance, logs: [attendanceLog] }],
      },
    ],
  },
  listAttendance: {
    method: 'get',
    path: '/v1/ops/attendance',
    tag: 'Attendance',
    summary: 'Records by date, person, department and status',
    access: ['ADMIN', 'OPERATOR'],
    query: AttendanceQuery,
    answers: [
      {
        status: 200,
        codes: ['ATTENDANCE_LISTED'],
        description: 'Records, newest work date first unless `order` is asc.',
        data: Type.Array(AttendanceOut),
        paging: 'list',
        example: [attendance],
      },
    ],
  },
  listAttendanceEvidence: {
    method: 'get',
    path: '/v1/ops/attendance/{attendance_id}/evidence',
    tag: 'Attendance',
    summary: 'The sightings behind a record',
    access: ['ADMIN', 'OPERATOR'],
    params: AttendanceParams,
    query: AttendanceEvidenceQuery,
    answers: [
      {
        status: 200,
        codes: ['EVIDENCE_LISTED'],
        description: 'Every sighting with its scores; those of check-in and check-out first.',
        data: Type.Array(AttendanceLogOut),
        paging: 'list',
        example: [attendanceLog],
      },
    ],
    errors: ['NOT_FOUND'],
  },
  getEvidenceCrop: {
    method: 'get',
    path: '/v1/ops/evidence/{attendance_log_id}/crop',
    tag: 'Attendance',
    summary: 'The face crop of a sighting',
    description:
      'A USER sees those of their own sightings; all others are NOT_FOUND to them. Looking at it is written to the audit trail.',
    access: ['ADMIN', 'OPERATOR', 'USER'],
    params: AttendanceLogParams,
    answers: [{ status: 200, description: 'The crop.', contentType: 'image/jpeg' }],
    errors: ['NOT_FOUND', 'OBJECT_NOT_FOUND'],
  },
});
