import { Type } from '@sinclair/typebox';
import {
  HolidayCreate,
  HolidayOut,
  HolidayParams,
  HolidayQuery,
  OrgConfigBody,
  OrgConfigOut,
  OrgConfigUpdate,
} from '../http/organization-config.js';
import { PageQuery } from '../http/paging.js';
import { ShiftCreate, ShiftOut, ShiftParams, ShiftUpdate } from '../http/shifts.js';
import * as example from './calendar-examples.js';
import { declareOperations } from './operation.js';

const staff = ['ADMIN', 'OPERATOR'] as const;
const created = ['Location', 'Idempotency-Replayed', 'ETag'] as const;

const configured = [
  {
    status: 200,
    codes: ['ORGANIZATION_CONFIGURED'],
    description: 'The organization as it is now.',
    data: OrgConfigOut,
    headers: ['ETag'],
    example: example.orgConfig,
  },
] as const;

export const calendarOperations = declareOperations({
  getOrgConfig: {
    method: 'get',
    path: '/v1/admin/config-org',
    tag: 'Organization',
    summary: 'Name, time zone, locale, work week, shifts and holidays',
    access: ['ADMIN'],
    answers: [{ ...configured[0], codes: ['ORGANIZATION_FOUND'], description: 'The organization.' }],
  },
  setOrgConfig: {
    method: 'post',
    path: '/v1/admin/config-org',
    tag: 'Organization',
    summary: 'Set the organization up',
    description:
      'Name, time zone, locale and work week as given; shifts and holidays are added or changed, never removed. Time zone and ' +
      'work week hold from `valid_from` on: days before it stay as they were counted.',
    audit: 'organization.configured',
    access: ['ADMIN'],
    headers: ['If-Match'],
    json: OrgConfigBody,
    jsonExample: example.orgConfigBody,
    answers: configured,
    errors: ['NOT_FOUND'],
  },
  updateOrgConfig: {
    method: 'patch',
    path: '/v1/admin/config-org',
    tag: 'Organization',
    summary: 'Change some of it',
    description:
      'Only what is named changes; time zone, work week and shifts against what holds on `valid_from`. A later date that has its own ' +
      'keeps it. Days that count differently are computed anew.',
    audit: 'organization.configured',
    access: ['ADMIN'],
    headers: ['If-Match'],
    json: OrgConfigUpdate,
    jsonExample: { timezone: 'Europe/Berlin', valid_from: '2025-03-03' },
    answers: configured,
    errors: ['NOT_FOUND'],
  },
  createShift: {
    method: 'post',
    path: '/v1/admin/shift',
    tag: 'Organization',
    summary: 'Add a shift',
    description: 'An end that is not after the start lies on the next day.',
    audit: 'shift.changed',
    access: ['ADMIN'],
    headers: ['Idempotency-Key'],
    json: ShiftCreate,
    jsonExample: example.shiftCreate,
    answers: [
      {
        status: 201,
        codes: ['SHIFT_CREATED'],
        description: 'The shift.',
        data: ShiftOut,
        headers: created,
        example: example.shift,
      },
    ],
    errors: ['NOT_FOUND'],
  },
  listShifts: {
    method: 'get',
    path: '/v1/admin/shift',
    tag: 'Organization',
    summary: 'All shifts, each in the version written last',
    access: staff,
    query: PageQuery,
    answers: [
      {
        status: 200,
        codes: ['SHIFTS_LISTED'],
        description: 'Shifts by name, retired ones among them.',
        data: Type.Array(ShiftOut),
        paging: 'list',
        example: [example.shift],
      },
    ],
  },
  getShift: {
    method: 'get',
    path: '/v1/admin/shift/{shift_id}',
    tag: 'Organization',
    summary: 'One shift in the version written last',
    access: staff,
    params: ShiftParams,
    answers: [
      {
        status: 200,
        codes: ['SHIFT_FOUND'],
        description: 'The shift.',
        data: ShiftOut,
        headers: ['ETag'],
        example: example.shift,
      },
    ],
    errors: ['NOT_FOUND'],
  },
  listShiftVersions: {
    method: 'get',
    path: '/v1/admin/shift/{shift_id}/versions',
    tag: 'Organization',
    summary: 'All versions of a shift, newest first',
    access: staff,
    params: ShiftParams,
    query: PageQuery,
    answers: [
      {
        status: 200,
        codes: ['SHIFT_VERSIONS_LISTED'],
        description:
          'Versions. For a date counts the one that became valid last, of two from one day the later version.',
        data: Type.Array(ShiftOut),
        paging: 'list',
        example: [example.shiftUpdated, example.shift],
      },
    ],
    errors: ['NOT_FOUND'],
  },
  updateShift: {
    method: 'patch',
    path: '/v1/admin/shift/{shift_id}',
    tag: 'Organization',
    summary: 'Change a shift from a date on',
    description:
      'Makes a new version; dates before `valid_from` keep the ones before. What is left out is as in the version that holds on ' +
      '`valid_from`. What is named holds on in versions of later dates that did not change it themselves: they are written anew ' +
      'too. A retired shift is taken up again.',
    audit: 'shift.changed',
    access: ['ADMIN'],
    params: ShiftParams,
    headers: ['If-Match'],
    json: ShiftUpdate,
    jsonExample: { ends_at: '14:00', valid_from: '2025-04-01' },
    answers: [
      {
        status: 200,
        codes: ['SHIFT_UPDATED'],
        description: 'The newest version.',
        data: ShiftOut,
        headers: ['ETag'],
        example: example.shiftUpdated,
      },
    ],
    errors: ['NOT_FOUND'],
  },
  retireShift: {
    method: 'delete',
    path: '/v1/admin/shift/{shift_id}',
    tag: 'Organization',
    summary: 'Retire a shift from today on',
    description:
      'Earlier dates keep it, later ones do not, whatever was said of them. People assigned to it have no shift on those days of ' +
      'the week any more.',
    audit: 'shift.changed',
    access: ['ADMIN'],
    params: ShiftParams,
    headers: ['If-Match'],
    answers: [
      {
        status: 200,
        codes: ['SHIFT_RETIRED'],
        description: 'The last version.',
        data: ShiftOut,
        headers: ['ETag'],
        example: example.shiftRetired,
      },
    ],
    errors: ['NOT_FOUND'],
  },
  createHoliday: {
    method: 'post',
    path: '/v1/admin/holiday',
    tag: 'Organization',
    summary: 'Declare a public holiday',
    description: 'Declaring a date again renames it.',
    audit: 'holiday.changed',
    access: ['ADMIN'],
    headers: ['Idempotency-Key'],
    json: HolidayCreate,
    jsonExample: { holiday_on: '2025-05-01', name: 'Labour Day' },
    answers: [
      {
        status: 201,
        codes: ['HOLIDAY_DECLARED'],
        description: 'The holiday.',
        data: HolidayOut,
        headers: ['Idempotency-Replayed'],
        example: example.holiday,
      },
    ],
    errors: ['NOT_FOUND'],
  },
  listHolidays: {
    method: 'get',
    path: '/v1/admin/holiday',
    tag: 'Organization',
    summary: 'Public holidays by date',
    access: staff,
    query: HolidayQuery,
    answers: [
      {
        status: 200,
        codes: ['HOLIDAYS_LISTED'],
        description: 'Holidays, earliest first.',
        data: Type.Array(HolidayOut),
        paging: 'list',
        example: [example.holiday],
      },
    ],
  },
  withdrawHoliday: {
    method: 'delete',
    path: '/v1/admin/holiday/{holiday_on}',
    tag: 'Organization',
    summary: 'Take a public holiday back',
    audit: 'holiday.changed',
    access: ['ADMIN'],
    params: HolidayParams,
    answers: [
      {
        status: 200,
        codes: ['HOLIDAY_WITHDRAWN'],
        description: 'The holiday that is none any more.',
        data: HolidayOut,
        example: { ...example.holiday, version: 2 },
      },
    ],
    errors: ['NOT_FOUND'],
  },
});
