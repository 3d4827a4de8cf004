import { randomUUID } from 'node:crypto';
import { ApiClient, startRollcall, waitUntil, type RunningRollcall } from '@rollcall/testkit/rollcall';
import { crossPhotoPair, frames } from '@rollcall/sample-photos';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrolPerson, type EnrolledPerson, type Recognized } from './people.js';

interface EventOut {
  id: string;
  type: string;
  subject: string;
  cursor: string;
  data: Record<string, unknown>;
}

interface AttendanceOut {
  user_id: string;
  work_date: string;
  check_in_at: string | null;
  check_out_at: string | null;
  status: string;
  evidence: string[];
}

describe('the way of a frame, over HTTP through three processes', () => {
  let rollcall: RunningRollcall;
  let api: ApiClient;
  let admin: string;
  let person: EnrolledPerson;
  let frame: Uint8Array;

  beforeAll(async () => {
    rollcall = await startRollcall();
    api = new ApiClient(rollcall.url);
    admin = await api.login(rollcall.admin.email, rollcall.admin.password);
    person = await enrolPerson(api, admin, crossPhotoPair.enrolled, 'ada');
    const other = (await frames()).find((candidate) => candidate.name === crossPhotoPair.frame);
    if (!other) throw new Error('the sample photos lack the frame of the cross-photo pair');
    frame = other.bytes;
  });
  afterAll(async () => {
    await rollcall.close();
  });

  const see = async (
    timestamp: string,
    headers: Record<string, string> = { prefer: 'wait=30' },
  ): Promise<Recognized> => {
    const answer = await api.recognize<Recognized>(admin, { image: frame, sourceId: 'gate-1', timestamp }, headers);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body.data;
  };
  const allEvents = async (): Promise<EventOut[]> => {
    const events: EventOut[] = [];
    let after = '';
    for (;;) {
      const page = await api.call<EventOut[]>('GET', `/v1/events?limit=50${after}`, { token: admin });
      expect(page.status).toBe(200);
      if (page.body.data.length === 0) return events;
      events.push(...page.body.data);
      after = `&after=${encodeURIComponent(String(page.body.meta.next_cursor))}`;
    }
  };

  /**
   * Erases a face while a frame that matches it is under way: the gallery's row is held until the worker has found the
   * match and waits with its result for that row; then the face goes, and the row with it.
   */
  const eraseUnderWay = async (faceId: string, send: () => Promise<string>): Promise<string> => {
    const [eraser, watcher] = [1, 2].map(() => new pg.Client({ connectionString: rollcall.ownerUrl })) as [
      pg.Client,
      pg.Client,
    ];
    await Promise.all([eraser.connect(), watcher.connect()]);
    try {
      await eraser.query('begin');
      await eraser.query('set local idle_in_transaction_session_timeout = 0');
      await eraser.query("select set_config('app.organization_id', $1, true)", [rollcall.organizationId]);
      const held = await eraser.query<{ pid: number }>(
        'select pg_backend_pid() as pid from galleries where organization_id = $1 for update',
        [rollcall.organizationId],
      );
      expect(held.rowCount).toBe(1);
      const id = await send();
      await waitUntil('the result of the frame waits for the gallery', async () => {
        const { rowCount } = await watcher.query(
          'select from pg_locks where not granted and $1 = any (pg_blocking_pids(pid))',
          [held.rows[0]?.pid],
        );
        return rowCount === 1;
      });
      // As DELETE /faces/{face_id} does it.
      const erased = await eraser.query<{ removed: object | null }>(
        "select delete_face($1, $2, 'user:test', $2) as removed",
        [faceId, randomUUID()],
      );
      expect(erased.rows[0]?.removed).toMatchObject({ face_id: faceId });
      await eraser.query('commit');
      return id;
    } finally {
      await Promise.all([eraser.end(), watcher.end()]);
    }
  };

  it('turns a frame of another photo into a record, with trail, notification and own view', async () => {
    const arrival = await see('2026-03-02T08:01:30Z');
    expect(arrival.status).toBe('completed');
    expect(arrival.synthetic).toBe(false);
    const matched = arrival.faces.filter((face) => face.decision === 'match');
    expect(matched.map((face) => face.user_id)).toEqual([person.userId]);
    expect(matched[0]?.similarity).toBeGreaterThan(0.45);
    await see('2026-03-02T16:32:00Z');

    const own = await waitUntil('the record is closed', async () => {
      const token = await api.login(person.email, person.password);
      const answer = await api.call<AttendanceOut[]>('GET', '/v1/user/get-attendance', { token });
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      const record = answer.body.data.find((candidate) => candidate.work_date === '2026-03-02');
      return record?.check_out_at ? record : undefined;
    });
    expect(new Date(own.check_in_at ?? 0).toISOString()).toBe('2026-03-02T08:01:30.000Z');
    expect(new Date(own.check_out_at ?? 0).toISOString()).toBe('2026-03-02T16:32:00.000Z');
    expect(own.status).toBe('present');
    expect(own.evidence).toHaveLength(2);

    const forOperators = await api.call<AttendanceOut[]>('GET', '/v1/ops/attendance?from=2026-03-02&to=2026-03-02', {
      token: admin,
    });
    expect(forOperators.body.data.map((record) => record.user_id)).toEqual([person.userId]);

    const trail = await api.call<{ action: string; subject: string }[]>('GET', '/v1/ops/get-logs?limit=200', {
      token: admin,
    });
    expect(trail.body.data.map((row) => row.action)).toEqual(
      expect.arrayContaining(['user.created', 'face.registered', 'attendance.record_changed']),
    );

    const token = await api.login(person.email, person.password);
    const notifications = await api.call<{ type: string }[]>('GET', '/v1/notifications', { token });
    expect(notifications.body.data.map((notification) => notification.type)).toContain('attendance.checked_in');
  });

  it('tells all of it in the order in which it was committed', async () => {
    const events = await waitUntil('the derived events are in the feed', async () => {
      const all = await allEvents();
      return all.some((event) => event.type === 'attendance.checked_out') ? all : undefined;
    });
    const place = (type: string): number => events.findIndex((event) => event.type === type);
    const story = [
      'user.created',
      'registration.requested',
      'face.registered',
      'recognition.requested',
      'recognition.completed',
      'attendance.checked_in',
    ];
    const places = story.map(place);
    expect(
      places.every((position) => position >= 0),
      JSON.stringify(events.map((event) => event.type)),
    ).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
  });

  it('keeps faces, passwords and tokens out of events and logs', async () => {
    const events = JSON.stringify(await allEvents());
    const logs = rollcall.processes.map((service) => service.output()).join('\n');
    for (const secret of [person.password, rollcall.admin.password, admin]) {
      expect(events).not.toContain(secret);
      expect(logs).not.toContain(secret);
    }
    expect(events).not.toContain(person.email);
    expect(events).not.toMatch(/"embedding"|"crop"|"password/);
  });

  it('answers a repeated idempotency key with the same request and refuses another body under it', async () => {
    const headers = { 'idempotency-key': 'frame-of-the-morning', prefer: 'wait=30' };
    const first = await see('2026-03-03T08:00:00Z', headers);
    const again = await see('2026-03-03T08:00:00Z', headers);
    expect(again.recognition_id).toBe(first.recognition_id);
    const other = await api.recognize(
      admin,
      { image: frame, sourceId: 'gate-1', timestamp: '2026-03-03T09:00:00Z' },
      headers,
    );
    expect([other.status, other.body.code]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('never matches an erased face again, not even in a frame that was already under way', async () => {
    const [lastFace = '', ...others] = person.faceIds;
    for (const faceId of others) {
      const gone = await api.call('DELETE', `/faces/${faceId}`, { token: admin });
      expect(gone.status).toBe(200);
    }
    const underWay = await eraseUnderWay(lastFace, async () => {
      const sent = { image: frame, sourceId: 'gate-1', timestamp: '2026-03-04T08:00:00Z' };
      const answer = await api.recognize<Recognized>(admin, sent);
      expect(answer.status).toBe(202);
      return answer.body.data.recognition_id;
    });
    const decided = await waitUntil('the frame under way is decided', async () => {
      const answer = await api.call<Recognized>('GET', `/faces/recognitions/${underWay}`, { token: admin });
      return answer.body.data.status === 'completed' ? answer.body.data : undefined;
    });
    expect(decided.faces.length).toBeGreaterThan(0);
    expect(decided.faces.map((face) => face.decision)).toEqual(decided.faces.map(() => 'unknown'));
    expect(decided.faces.filter((face) => face.user_id === person.userId)).toEqual([]);
    const next = await see('2026-03-04T09:00:00Z');
    expect(next.faces.filter((face) => face.decision === 'match')).toEqual([]);
    const again = await api.call('DELETE', `/faces/${lastFace}`, { token: admin });
    expect(again.status).toBe(404);
  });
});
