import { defaultNotificationRules, type NotificationRules } from '@rollcall/contracts';
import { describe, expect, it } from 'vitest';
import type { AttendanceRecord } from './attendance.js';
import { ada, door, event, face, frame, organizationId } from './example-events.test.js';
import { noticesFor } from './notices-for.js';
import { noticesOfRecord } from './notices-of-day.js';
import type { OrganizationRules } from './organization-rules.js';
import { routeNotice, rulesAt, type Notice } from './route-notification.js';

const source = frame('2025-03-03T09:10:00Z', [face('match', ada)]);

function record(given: Partial<AttendanceRecord>): AttendanceRecord {
  return {
    id: '4d1f6a52-7c7d-5f36-9a55-0a3d6c2b9e11',
    organizationId,
    userId: ada,
    workDate: '2025-03-03',
    lateMinutes: 0,
    status: 'open',
    ...given,
  } as AttendanceRecord;
}

const berlin: OrganizationRules = {
  calendar: {
    ...{ organizationId, timezone: 'Europe/Berlin', policies: [], settings: [], shifts: [], holidays: [] },
  },
  people: new Map(),
};
const [late] = noticesOfRecord(null, record({ lateMinutes: 10 }), source, berlin) as [Notice];
const rules = (given: Partial<NotificationRules>): NotificationRules => ({ ...defaultNotificationRules, ...given });
const to = (notice: Notice, given: NotificationRules) => routeNotice(notice, given).map(({ recipient }) => recipient);

describe('a notice', () => {
  it.each([
    [
      { to_role: 'OPERATOR', to_person: true } as const,
      [
        { userId: ada, roleId: null },
        { userId: null, roleId: 2 },
      ],
    ],
    [{ to_role: 'ADMIN', to_person: false } as const, [{ userId: null, roleId: 1 }]],
    [{ to_role: null, to_person: true } as const, [{ userId: ada, roleId: null }]],
    [{ to_role: null, to_person: false } as const, []],
  ])('goes to whom the rule says: %o', (rule, recipients) => {
    expect(to(late, rules({ 'attendance.late': rule }))).toEqual(recipients);
  });

  it('is another notification for the person than for the role, and always the same ones', () => {
    const ids = routeNotice(late, defaultNotificationRules).map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    const [again] = noticesOfRecord(null, record({ lateMinutes: 12 }), { ...source, id: 'another' }, berlin);
    expect(routeNotice(again!, defaultNotificationRules).map(({ id }) => id)).toEqual(ids);
  });

  it('of what concerns nobody in particular goes to the role alone', () => {
    const silent = event('device.silent', {
      source_id: door,
      source_type: 'camera',
      last_seen_at: null,
      after_minutes: 30,
    });
    const [notice] = noticesFor(silent);
    expect(to(notice!, defaultNotificationRules)).toEqual([{ userId: null, roleId: 2 }]);
    const sick = event('system.unhealthy', {
      component: 'face-worker',
      reason: 'NOBODY_ALIVE',
      since: '2025-03-03T09:00:00Z',
    });
    expect(noticesFor(sick)).toEqual([expect.objectContaining({ type: 'system.unhealthy', severity: 'critical' })]);
  });
});

describe('the record of a day', () => {
  it.each([
    ['late for the first time', null, { lateMinutes: 5 }, ['attendance.late']],
    ['late after being in time', { lateMinutes: 0 }, { lateMinutes: 5 }, ['attendance.late']],
    ['later still', { lateMinutes: 5 }, { lateMinutes: 50 }, []],
    ['in time', null, { lateMinutes: 0 }, []],
    ['absent', null, { status: 'absent' as const }, ['attendance.absent']],
    ['still absent', { status: 'absent' as const }, { status: 'absent' as const }, []],
    ['there after all', { status: 'absent' as const }, { status: 'present' as const }, []],
  ])('that comes out %s is told accordingly', (_, before, after, types) => {
    const notices = noticesOfRecord(before && record(before), record(after), source, berlin);
    expect(notices.map(({ type }) => type)).toEqual(types);
  });

  it.each([
    ['today', '2025-03-03T22:00:00Z', ['attendance.late', 'attendance.absent']],
    [
      'yesterday, until the cut-off in the time zone of the person',
      '2025-03-05T02:59:00Z',
      ['attendance.late', 'attendance.absent'],
    ],
    ['the day before yesterday', '2025-03-05T03:00:00Z', []],
    ['a year ago', '2026-03-03T12:00:00Z', []],
  ])('is news when it was %s as the rules changed', (_, recordedAt, types) => {
    const payload = { user_ids: [ada], from: '2025-03-03', to: '2025-03-03', existing_only: false };
    const change = event('attendance.recomputation_requested', payload, { recordedAt: new Date(recordedAt) });
    const notices = noticesOfRecord(null, record({ lateMinutes: 5, status: 'absent' }), change, berlin);
    expect(notices.map(({ type }) => type)).toEqual(types);
  });

  it('is news when the day is closed, however late that was looked at', () => {
    const payload = { user_ids: [ada], work_date: '2025-03-03' };
    const closed = event('workday.closed', payload, { recordedAt: new Date('2025-03-09T12:00:00Z') });
    expect(noticesOfRecord(null, record({ status: 'absent' }), closed, berlin)).toHaveLength(1);
  });

  it('that is gone tells nothing', () => {
    expect(noticesOfRecord(record({ lateMinutes: 5 }), null, source, berlin)).toEqual([]);
  });
});

describe('rules', () => {
  const first = rules({ 'review.waiting': { to_role: 'ADMIN' } });
  const second = rules({ 'review.waiting': { to_role: null } });
  const versions = [
    { knownSince: { epoch: 1, xid: '100' }, rules: first },
    { knownSince: { epoch: 2, xid: '50' }, rules: second },
  ];

  it.each([
    [1, '99', defaultNotificationRules],
    [1, '100', defaultNotificationRules],
    [1, '101', first],
    [1, '1000', first],
    [2, '50', first],
    [2, '51', second],
    [3, '1', second],
  ])('at epoch %i, transaction %s are those of an earlier transaction', (epoch, xid, expected) => {
    expect(rulesAt(versions, { epoch, xid })).toBe(expected);
  });
});
