import { Type } from '@sinclair/typebox';
import { LeaveCreate, LeaveOut, LeaveParams, LeaveQuery } from '../http/organization-config.js';
import {
  ShiftAssignmentCreate,
  ShiftAssignmentOut,
  ShiftAssignmentParams,
  ShiftAssignmentQuery,
} from '../http/shifts.js';
import * as example from './calendar-examples.js';
import { declareOperations } from './operation.js';

const staff = ['ADMIN', 'OPERATOR'] as const;

/** When each person works: shifts and leave. */
export const workingTimeOperations = declareOperations({
  createShiftAssignment: {
    method: 'post',
    path: '/v1/ops/shift-assignment',
    tag: 'Calendar',
    summary: 'Let a person work by a weekly pattern of shifts',
    description:
      'Of several the one counts that became valid last; an empty pattern ends them all. Days that count differently are computed anew.',
    audit: 'shift_assignment.created',
    access: staff,
    headers: ['Idempotency-Key'],
    json: ShiftAssignmentCreate,
    jsonExample: example.shiftAssignmentCreate,
    answers: [
      {
        status: 201,
        codes: ['SHIFT_ASSIGNED'],
        description: 'The assignment.',
        data: ShiftAssignmentOut,
        headers: ['Idempotency-Replayed'],
        example: example.shiftAssignment,
      },
    ],
    errors: ['USER_NOT_FOUND', 'NOT_FOUND'],
  },
  listShiftAssignments: {
    method: 'get',
    path: '/v1/ops/shift-assignment',
    tag: 'Calendar',
    summary: 'Who works by which pattern',
    access: staff,
    query: ShiftAssignmentQuery,
    answers: [
      {
        status: 200,
        codes: ['SHIFT_ASSIGNMENTS_LISTED'],
        description: 'Assignments, newest first, withdrawn ones among them.',
        data: Type.Array(ShiftAssignmentOut),
        paging: 'list',
        example: [example.shiftAssignment],
      },
    ],
  },
  withdrawShiftAssignment: {
    method: 'delete',
    path: '/v1/ops/shift-assignment/{assignment_id}',
    tag: 'Calendar',
    summary: 'Withdraw an assignment',
    description:
      'It counts as if it had never been made, but stays in the history. To end one, make another from that date on.',
    audit: 'shift_assignment.withdrawn',
    access: staff,
    params: ShiftAssignmentParams,
    answers: [
      {
        status: 200,
        codes: ['SHIFT_ASSIGNMENT_WITHDRAWN'],
        description: 'The assignment.',
        data: ShiftAssignmentOut,
        example: { ...example.shiftAssignment, withdrawn_at: example.withdrawnAt },
      },
    ],
    errors: ['NOT_FOUND', 'ALREADY_WITHDRAWN'],
  },
  createLeave: {
    method: 'post',
    path: '/v1/ops/leave',
    tag: 'Calendar',
    summary: 'Enter a leave',
    audit: 'leave.granted',
    access: staff,
    headers: ['Idempotency-Key'],
    json: LeaveCreate,
    jsonExample: example.leaveCreate,
    answers: [
      {
        status: 201,
        codes: ['LEAVE_GRANTED'],
        description: 'The leave.',
        data: LeaveOut,
        headers: ['Idempotency-Replayed'],
        example: example.leave,
      },
    ],
    errors: ['USER_NOT_FOUND', 'NOT_FOUND'],
  },
  listLeaves: {
    method: 'get',
    path: '/v1/ops/leave',
    tag: 'Calendar',
    summary: 'Leaves',
    access: staff,
    query: LeaveQuery,
    answers: [
      {
        status: 200,
        codes: ['LEAVES_LISTED'],
        description: 'Leaves that touch the span, entered last first, withdrawn ones among them.',
        data: Type.Array(LeaveOut),
        paging: 'list',
        example: [example.leave],
      },
    ],
  },
  withdrawLeave: {
    method: 'delete',
    path: '/v1/ops/leave/{leave_id}',
    tag: 'Calendar',
    summary: 'Take a leave back',
    audit: 'leave.withdrawn',
    access: staff,
    params: LeaveParams,
    answers: [
      {
        status: 200,
        codes: ['LEAVE_WITHDRAWN'],
        description: 'The leave.',
        data: LeaveOut,
        example: { ...example.leave, withdrawn_at: example.withdrawnAt },
      },
    ],
    errors: ['NOT_FOUND', 'ALREADY_WITHDRAWN'],
  },
});
