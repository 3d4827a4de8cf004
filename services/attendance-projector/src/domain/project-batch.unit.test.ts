import { validateEvent, type StoredEvent } from '@rollcall/contracts';
import { describe, expect, it } from 'vitest';
import { personDayKey, type PersonDay } from './attendance.js';
import { noEffects, type BatchEffects } from './batch-effects.js';
import { ada, ben, door, event, face, frame, rules, someId } from './example-events.test.js';
import { dateCapture, type OrganizationRules } from './organization-rules.js';
import { projectBatch } from './project-batch.js';
import { readSightings } from './read-sightings.js';

/** Given what is stored, when these events are projected … */
function project(events: readonly StoredEvent[], known: Partial<Given> = {}): BatchEffects {
  const given = { rules: rules(), days: [], ...known };
  const read = events.map((event) => ({
    event,
    sightings: readSightings(event).map((log) => ({
      ...log,
      ...dateCapture(given.rules, log.capturedAt, event, log.userId),
    })),
  }));
  return projectBatch(read, given);
}

interface Given {
  readonly rules: OrganizationRules;
  readonly days: readonly PersonDay[];
}

/** The days as they would be stored after a batch. */
function daysAfter(effects: BatchEffects): PersonDay[] {
  const days = new Map<string, PersonDay>();
  for (const log of effects.logs) {
    const key = personDayKey(log.userId, log.workDate);
    const day = days.get(key) ?? {
      userId: log.userId,
      workDate: log.workDate,
      sightings: [],
      misdated: false,
      corrections: [],
      record: effects.records.find(({ userId, workDate }) => personDayKey(userId, workDate) === key) ?? null,
    };
    days.set(key, { ...day, sightings: [...day.sightings, { ...log, capturedAt: log.capturedAt.getTime() }] });
  }
  return [...days.values()];
}

const types = (effects: BatchEffects): string[] => effects.derivedEvents.map(({ type }) => type);

/** Asymmetric matchers are typed `any`. */
const like = (fields: object): unknown => expect.objectContaining(fields);

describe('a matched face', () => {
  const seen = frame('2025-03-03T08:59:12.000Z', [face('match', ada)], { late_arrival: true, direction: 'in' });
  const effects = project([seen]);

  it('becomes a sighting with its evidence', () => {
    const [matched] = seen.payload.faces;
    expect(effects.logs).toEqual([
      like({
        userId: ada,
        kind: 'face',
        workDate: '2025-03-03',
        capturedAt: new Date('2025-03-03T08:59:12.000Z'),
        lateArrival: true,
        direction: 'in',
        sourceId: door,
        recognizedFaceId: matched?.recognized_face_id,
        similarity: 0.68,
        margin: 0.4,
        livenessVerdict: 'live',
        box: matched?.box,
        modelId: 'model-1',
        galleryVersion: 7,
        decision: 'match',
        eventId: seen.id,
      }),
    ]);
  });

  it('opens the record of the day', () => {
    expect(effects.records).toEqual([
      like({
        userId: ada,
        workDate: '2025-03-03',
        status: 'open',
        checkInAt: new Date('2025-03-03T08:59:12.000Z'),
        checkOutAt: null,
        source: 'face',
        evidence: [effects.logs[0]?.id],
        eventId: seen.id,
      }),
    ]);
  });

  it('is told as a check-in and a changed record, each caused by the frame', () => {
    expect(types(effects)).toEqual(['attendance.checked_in', 'attendance.record_changed']);
    for (const derived of effects.derivedEvents) {
      expect(derived).toMatchObject({ causationId: seen.id, correlationId: seen.correlationId });
      expect(derived.subject).toBe(`attendance-records/${String(effects.records[0]?.id)}`);
      expect(validateEvent(derived)).toMatchObject({ user_id: ada, attendance_log_ids: [effects.logs[0]?.id] });
    }
  });

  it('tells the person, nobody else', () => {
    expect(effects.notifications).toEqual([
      like({ type: 'attendance.checked_in', recipient: { userId: ada, roleId: null } }),
    ]);
  });

  it('leaves one line in the trail: the change of the record, with before and after', () => {
    expect(effects.audited).toEqual([
      {
        entry: like({ action: 'attendance.record_changed', actor: 'system:attendance-projector' }),
        detail: like({ before: null, after: like({ status: 'open' }) }),
      },
    ]);
  });
});

describe('further frames', () => {
  const first = project([frame('2025-03-03T09:00:00Z', [face('match', ada)])]);

  it('of the same visit are sightings and change nothing else', () => {
    const effects = project([frame('2025-03-03T09:00:30Z', [face('match', ada)])], { days: daysAfter(first) });
    expect(effects.logs).toHaveLength(1);
    expect(effects).toMatchObject({ records: [], derivedEvents: [], audited: [], notifications: [] });
  });

  it('later on become the check-out', () => {
    const effects = project([frame('2025-03-03T17:00:00Z', [face('match', ada)])], { days: daysAfter(first) });
    expect(types(effects)).toEqual(['attendance.checked_out', 'attendance.record_changed']);
    expect(effects.records).toEqual([like({ id: first.records[0]?.id, status: 'present', workedMinutes: 480 })]);
    expect(effects.notifications).toEqual([]);
  });

  it('that arrive late move the check-in without a second check-in', () => {
    const late = frame('2025-03-03T08:00:00Z', [face('match', ada)], { late_arrival: true });
    const effects = project([late], { days: daysAfter(first) });
    expect(types(effects)).toEqual(['attendance.checked_out', 'attendance.record_changed']);
    expect(effects.records[0]?.checkInAt).toEqual(new Date('2025-03-03T08:00:00Z'));
  });

  it('of several people in one frame become a record each', () => {
    const effects = project([frame('2025-03-03T09:00:00Z', [face('match', ada), face('match', ben)])]);
    expect(effects.records.map(({ userId }) => userId).toSorted()).toEqual([ada, ben].toSorted());
    expect(new Set(effects.derivedEvents.map(({ id }) => id)).size).toBe(4);
  });
});

describe('what never becomes attendance', () => {
  it.each(['review', 'unknown', 'rejected'] as const)('a face for %s', (decision) => {
    const effects = project([frame('2025-03-03T09:00:00Z', [face(decision, decision === 'review' ? ada : null)])]);
    expect(effects).toMatchObject({ logs: [], records: [], audited: [] });
  });

  it('anything of the development embedder, which is not told either', () => {
    const faces = [face('match', ada), face('unknown'), face('review', ben)];
    const effects = project([frame('2025-03-03T09:00:00Z', faces, { synthetic: true })]);
    expect(effects).toEqual(noEffects);
  });
});

describe('a stranger', () => {
  const seen = (at: string, sourceId = door) => frame(at, [face('unknown'), face('unknown')], { source_id: sourceId });

  it('is told to operators, with an event', () => {
    const effects = project([seen('2025-03-03T09:01:00Z')]);
    expect(types(effects)).toEqual(['attendance.unknown_face_seen']);
    expect(validateEvent(effects.derivedEvents[0]!)).toMatchObject({ source_id: door, work_date: '2025-03-03' });
    expect(effects.notifications).toEqual([
      like({ type: 'attendance.unknown_face_seen', recipient: { userId: null, roleId: 2 } }),
    ]);
  });

  it('is told once a camera and quarter of an hour, whichever batch the frame is in', () => {
    const together = project([seen('2025-03-03T09:01:00Z'), seen('2025-03-03T09:14:59Z')]);
    const later = project([seen('2025-03-03T09:07:00Z')]);
    expect(together.notifications).toHaveLength(1);
    expect(later.notifications[0]?.id).toBe(together.notifications[0]?.id);
    expect(later.derivedEvents[0]?.id).toBe(together.derivedEvents[0]?.id);
  });

  it('is told again at another camera and in the next quarter of an hour', () => {
    const frames = [seen('2025-03-03T09:01:00Z'), seen('2025-03-03T09:01:00Z', someId()), seen('2025-03-03T09:15:00Z')];
    const effects = project(frames);
    expect(effects.notifications).toHaveLength(3);
    expect(new Set(effects.derivedEvents.map(({ id }) => id)).size).toBe(3);
  });
});

describe('other events', () => {
  it('a face to look at is told to operators', () => {
    const reviewId = someId();
    const effects = project([frame('2025-03-03T09:00:00Z', [face('review', ada, { review_id: reviewId })])]);
    expect(effects.notifications).toEqual([like({ type: 'review.waiting', payload: like({ review_id: reviewId }) })]);
  });

  it('a refused registration is told to operators and stands in the trail', () => {
    const rejected = event('registration.rejected', {
      registration_id: someId(),
      user_id: ada,
      reasons: ['NO_FACE'],
    });
    const effects = project([rejected]);
    expect(effects.notifications).toEqual([
      like({ type: 'registration.rejected', recipient: { userId: null, roleId: 2 } }),
    ]);
    expect(effects.audited).toEqual([
      { entry: like({ action: 'registration.rejected', eventId: rejected.id }), detail: 'foreign' },
    ]);
  });

  it('a sign-in stands in the trail and is told to nobody', () => {
    const effects = project([event('session.started', { user_id: ada }, { actor: `user:${ada}` })]);
    expect(effects.audited).toEqual([
      { entry: like({ action: 'session.started', actor: `user:${ada}` }), detail: 'foreign' },
    ]);
    expect(effects.notifications).toEqual([]);
  });
});

describe('the borders of batches', () => {
  const frames = [
    frame('2025-03-03T09:00:00Z', [face('match', ada), face('match', ben)]),
    frame('2025-03-03T08:30:00Z', [face('match', ada)]),
    frame('2025-03-03T12:00:00Z', [face('match', ben), face('unknown')]),
    frame('2025-03-03T12:00:20Z', [face('match', ben)]),
    frame('2025-03-03T17:30:00Z', [face('match', ada)]),
  ];
  const whole = project(frames);

  it.each([1, 2, 3, 4])('do not show: split after event %i', (border) => {
    const first = project(frames.slice(0, border));
    const second = project(frames.slice(border), { days: daysAfter(first) });
    const ids = (effects: readonly BatchEffects[]) =>
      effects.flatMap(({ derivedEvents }) => derivedEvents.map(({ id }) => id)).toSorted();
    expect(ids([first, second])).toEqual(ids([whole]));
    const records = new Map([...first.records, ...second.records].map((record) => [record.id, record]));
    expect(records).toEqual(new Map(whole.records.map((record) => [record.id, record])));
  });

  it('do not make an absence of a day that nothing is known of, of somebody who has left', () => {
    const shiftId = someId();
    const always = { validFrom: '1970-01-01', known: { epoch: 0, xid: '0' } };
    const { calendar } = rules();
    const shift = { id: shiftId, startsAt: '09:00', endsAt: '17:00' };
    const assignment = { ...always, id: someId(), validUntil: null, withdrawn: null };
    const person = {
      ...{ userId: ada, addedAt: 0, activity: [], leaves: [] },
      assignments: [{ ...assignment, pattern: [{ shiftId, weekdays: [1, 2, 3, 4, 5] }] }],
    };
    const planned: OrganizationRules = {
      calendar: { ...calendar, shifts: [{ ...always, version: 1, shift, retired: false }] },
      people: new Map([[ada, person]]),
    };
    const recordedAt = new Date('2025-03-20T12:00:00Z');
    const payload = { user_ids: [ada], from: '2025-03-03', to: '2025-03-10', existing_only: true };
    const events = [
      frame('2025-03-10T09:00:00Z', [face('match', ada)], { recordedAt }),
      event('attendance.recomputation_requested', payload, { recordedAt }),
    ];
    const { records } = project(events, { rules: planned });
    expect(records.map(({ workDate, status }) => [workDate, status])).toEqual([['2025-03-10', 'open']]);
  });
});
