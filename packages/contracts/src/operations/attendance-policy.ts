import { Type } from '@sinclair/typebox';
import {
  AttendancePolicyApply,
  AttendancePolicyCurrent,
  AttendancePolicyDifference,
  AttendancePolicyHistoryQuery,
  AttendancePolicyOut,
  AttendancePolicyPreview,
} from '../http/attendance-policy.js';
import { policy, policyApply, policyCurrent, policyDifference, policyPreview } from './calendar-examples.js';
import { declareOperations } from './operation.js';

export const attendancePolicyOperations = declareOperations({
  getAttendancePolicy: {
    method: 'get',
    path: '/v1/admin/attendance-policy',
    tag: 'Attendance policy',
    summary: 'The policy in force',
    access: ['ADMIN', 'OPERATOR'],
    answers: [
      {
        status: 200,
        codes: ['POLICY_FOUND'],
        description: 'The policy of today and what comes.',
        data: AttendancePolicyCurrent,
        headers: ['ETag'],
        example: policyCurrent,
      },
    ],
  },
  listAttendancePolicyVersions: {
    method: 'get',
    path: '/v1/admin/attendance-policy/versions',
    tag: 'Attendance policy',
    summary: 'All versions of the policy, newest first',
    access: ['ADMIN', 'OPERATOR'],
    query: AttendancePolicyHistoryQuery,
    answers: [
      {
        status: 200,
        codes: ['POLICY_VERSIONS_LISTED'],
        description:
          'Versions. For a date counts the one that became valid last, of two from one day the later version.',
        data: Type.Array(AttendancePolicyOut),
        paging: 'list',
        example: [policy],
      },
    ],
  },
  previewAttendancePolicy: {
    method: 'post',
    path: '/v1/admin/attendance-policy/preview',
    tag: 'Attendance policy',
    summary: 'What a change would do to the records of a span',
    description:
      'Computes the days of the span by the policy as it would be and compares them with the records. Writes nothing. Computes 10,000 days of people at most, for 3 seconds at most, and says how far it came.',
    audit: { none: 'It computes and writes nothing.' },
    access: ['ADMIN'],
    json: AttendancePolicyPreview,
    jsonExample: policyPreview,
    answers: [
      {
        status: 200,
        codes: ['POLICY_PREVIEWED'],
        description: 'The difference.',
        data: AttendancePolicyDifference,
        example: policyDifference,
      },
    ],
  },
  applyAttendancePolicy: {
    method: 'post',
    path: '/v1/admin/attendance-policy/apply',
    tag: 'Attendance policy',
    summary: 'Change the policy from a date on',
    description:
      'Needs `If-Match`. Writes a new version and has every day from `valid_from` on computed anew, in instalments behind what cameras see.',
    audit: 'attendance_policy.applied',
    access: ['ADMIN'],
    headers: ['If-Match', 'Idempotency-Key'],
    json: AttendancePolicyApply,
    jsonExample: policyApply,
    answers: [
      {
        status: 201,
        codes: ['POLICY_APPLIED'],
        description: 'The new version.',
        data: AttendancePolicyOut,
        headers: ['ETag', 'Idempotency-Replayed'],
        example: policy,
      },
    ],
  },
});
