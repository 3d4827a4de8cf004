import type { AttendanceLogOut, AttendanceOut } from '@rollcall/contracts';
import { createLocalObjectStore, newObjectKey } from '@rollcall/object-store';
import {
  buildOrganization,
  buildSource,
  buildUser,
  createTestDatabase,
  type BuiltUser,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type Answer, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let operator: BuiltUser;
let stranger: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
});

beforeEach(async () => {
  operator = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'OPERATOR');
  stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

interface BuiltDay {
  readonly recordId: string;
  readonly logIds: string[];
}

/** A record with its sightings as the projector writes them; `crops` are object keys of the sightings' crops. */
async function buildDay(
  user: BuiltUser,
  workDate: string,
  { status = 'present', crops = [null] as (string | null)[] } = {},
): Promise<BuiltDay> {
  const source = await buildSource(database.owner, user.organizationId);
  const logIds: string[] = [];
  for (const cropKey of crops) {
    const [requestId, faceId, logId] = [uuidV7(), uuidV7(), uuidV7()];
    await database.owner.query(
      `insert into recognition_requests (id, organization_id, source_id, status, captured_at, requested_by, correlation_id, request_event_id,
         image_key, image_sha256, image_content_type, image_bytes, image_width, image_height)
       values ($1, $2, $3, 'completed', $4, 'user:x', $1, $1, 'k', '\\x00', 'image/jpeg', 1, 1, 1)`,
      [requestId, user.organizationId, source.id, `${workDate}T09:00:00Z`],
    );
    await database.owner.query(
      `insert into recognized_faces (id, organization_id, recognition_id, face_index, box_x, box_y, box_width, box_height, detection_score, quality,
         liveness_verdict, decision, user_id, match_threshold, runner_up_similarity, crop_key)
       values ($1, $2, $3, 0, 1, 2, 3, 4, 0.9, '{}', 'live', 'match', $4, 0.45, 0.2, $5)`,
      [faceId, user.organizationId, requestId, user.id, cropKey],
    );
    await database.owner.query(
      `insert into attendance_logs (id, organization_id, user_id, kind, captured_at, received_at, work_date, source_id, direction, recognition_id,
         recognized_face_id, similarity, margin, liveness_score, liveness_verdict, box, decision, event_id)
       values ($1, $2, $3, 'face', $4, $4, $5, $6, 'both', $7, $8, 0.75, 0.5, 0.9, 'live', '{"x":1,"y":2,"width":3,"height":4}', 'match', $1)`,
      [logId, user.organizationId, user.id, `${workDate}T09:00:00Z`, workDate, source.id, requestId, faceId],
    );
    logIds.push(logId);
  }
  const recordId = uuidV7();
  await database.owner.query(
    `insert into attendance_records (id, organization_id, user_id, work_date, check_in_at, status, source, evidence, event_id)
     values ($1, $2, $3, $4, $5, $6, 'face', $7, $1)`,
    [recordId, user.organizationId, user.id, workDate, `${workDate}T09:00:00Z`, status, logIds],
  );
  return { recordId, logIds };
}

const list = (query = '', as = operator) => gateway.call<AttendanceOut[]>('GET', `/v1/ops/attendance${query}`, { as });
const dates = (answer: Answer<AttendanceOut[]>) => answer.body.data.map((record) => record.work_date);

describe('GET /v1/ops/attendance', () => {
  it('lists by date, person, department and status, newest first, page by page', async () => {
    const [ada, bob] = [
      await buildUser(database.owner, operator.organizationId, { fullName: 'Ada' }),
      await buildUser(database.owner, operator.organizationId),
    ];
    await database.owner.query(
      "update user_profiles set department = 'Hall', employee_code = 'E-1' where user_id = $1",
      [ada.id],
    );
    for (const date of ['2025-03-03', '2025-03-04', '2025-03-05']) await buildDay(ada, date);
    await buildDay(bob, '2025-03-04', { status: 'late' });
    expect(dates(await list())).toEqual(['2025-03-05', '2025-03-04', '2025-03-04', '2025-03-03']);
    expect(dates(await list('?from=2025-03-04&to=2025-03-04'))).toEqual(['2025-03-04', '2025-03-04']);
    expect(dates(await list('?status=late'))).toEqual(['2025-03-04']);
    expect(dates(await list('?department=Hall'))).toEqual(['2025-03-05', '2025-03-04', '2025-03-03']);
    expect((await list(`?user_id=${ada.id}&limit=1`)).body.data).toMatchObject([
      { full_name: 'Ada', employee_code: 'E-1', check_in_at: '2025-03-05T09:00:00.000Z', check_out_at: null },
    ]);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const answer: Answer<AttendanceOut[]> = await list(`?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...answer.body.data.map((record) => record.attendance_id));
      cursor = answer.body.meta.next_cursor ?? null;
    }
    expect(new Set(seen).size).toBe(4);
    expect(seen).toHaveLength(4);
  });

  it('goes from the oldest to the newest as well, page by page, and by cursors of its own', async () => {
    const [ada, bob] = [
      await buildUser(database.owner, operator.organizationId),
      await buildUser(database.owner, operator.organizationId),
    ];
    for (const date of ['2025-03-04', '2025-03-03', '2025-03-05']) await buildDay(ada, date);
    for (const date of ['2025-03-03', '2025-03-04']) await buildDay(bob, date);
    const whole = (await list('?order=asc')).body.data.map(({ attendance_id }) => attendance_id);
    expect(dates(await list('?order=asc'))).toEqual([
      '2025-03-03',
      '2025-03-03',
      '2025-03-04',
      '2025-03-04',
      '2025-03-05',
    ]);
    expect(dates(await list('?order=desc'))).toEqual(dates(await list()));
    const seen: string[] = [];
    let next = '';
    for (let page = 0; page < 3; page += 1) {
      const answer = await list(`?order=asc&limit=2${next}`);
      seen.push(...answer.body.data.map(({ attendance_id }) => attendance_id));
      next = `&cursor=${answer.body.meta.next_cursor ?? ''}`;
    }
    expect(seen).toEqual(whole);
    expect(next).toBe('&cursor=');
    const { next_cursor: newest = '' } = (await list('?limit=2')).body.meta;
    expect(await list(`?order=asc&cursor=${String(newest)}`)).toMatchObject({
      status: 422,
      body: { code: 'INVALID_CURSOR' },
    });
    const { next_cursor: oldest = '' } = (await list('?order=asc&limit=2')).body.meta;
    expect(await list(`?cursor=${String(oldest)}`)).toMatchObject({ status: 422, body: { code: 'INVALID_CURSOR' } });
  });

  it('shows nothing of another organization', async () => {
    const { recordId, logIds } = await buildDay(await buildUser(database.owner, operator.organizationId), '2025-03-03');
    expect(dates(await list('', stranger))).toEqual([]);
    for (const path of [`/v1/ops/attendance/${recordId}/evidence`, `/v1/ops/evidence/${logIds[0] ?? ''}/crop`]) {
      expect(await gateway.call('GET', path, { as: stranger })).toMatchObject({
        status: 404,
        body: { code: 'NOT_FOUND' },
      });
    }
  });

  it.each([
    '?from=yesterday',
    '?from=2025-02-30',
    '?to=0000-01-01',
    '?status=asleep',
    '?user_id=5',
    '?include=crops',
    '?department=',
    '?cursor=',
  ])('refuses the query %s', async (query) => {
    expect(await list(query)).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED' } });
  });

  it.each(['rubbish', Buffer.from('2025-02-31~x~y').toString('base64url'), Buffer.from('1~2~3').toString('base64url')])(
    'refuses the cursor %s',
    async (cursor) => {
      expect(await list(`?cursor=${cursor}`)).toMatchObject({ status: 422, body: { code: 'INVALID_CURSOR' } });
    },
  );
});

describe('GET /v1/user/get-attendance', () => {
  it("shows a person their own records with evidence, and nobody else's", async () => {
    const ada = await buildPrincipal(database, operator.organizationId, 'USER');
    const { recordId, logIds } = await buildDay(ada, '2025-03-03');
    await buildDay(await buildUser(database.owner, operator.organizationId), '2025-03-04');
    const own = await gateway.call('GET', '/v1/user/get-attendance?include=logs', { as: ada });
    expect(own.body.data).toMatchObject([
      {
        attendance_id: recordId,
        evidence: logIds,
        logs: [{ attendance_log_id: logIds[0], similarity: 0.75, match_threshold: expect.closeTo(0.45, 5) as number }],
      },
    ]);
    expect(await gateway.call('GET', `/v1/user/get-attendance?user_id=${operator.id}`, { as: ada })).toMatchObject({
      status: 422,
    });
    for (const path of ['/v1/ops/attendance', `/v1/ops/attendance/${recordId}/evidence`]) {
      expect(await gateway.call('GET', path, { as: ada }), path).toMatchObject({ status: 403 });
    }
  });
});

describe('the summary of a month', () => {
  const month = (query: string, as: BuiltUser) =>
    gateway.call<AttendanceOut[]>('GET', `/v1/user/get-attendance?${query}`, { as });

  it('counts all days of the month and no other, whatever the page shows', async () => {
    const ada = await buildPrincipal(database, operator.organizationId, 'USER');
    for (const date of ['2024-01-31', '2024-02-01', '2024-02-28']) await buildDay(ada, date);
    await buildDay(ada, '2024-02-29', { status: 'late' });
    await buildDay(ada, '2024-03-01', { status: 'absent' });
    await buildDay(await buildUser(database.owner, ada.organizationId), '2024-02-02');
    await database.owner.query(
      `update attendance_records set worked_minutes = 480, late_minutes = 7, overtime_minutes = 3, corrected = true,
         replaced = '{"check_in_at":null,"check_out_at":null,"status":"open"}' where user_id = $1 and status = 'late'`,
      [ada.id],
    );
    const answer = await month('month=2024-02&limit=1', ada);
    expect(answer.body.data).toMatchObject([{ work_date: '2024-02-29', replaced: { status: 'open' } }]);
    expect(answer.body.meta).toMatchObject({
      next_cursor: expect.any(String) as string,
      summary: {
        month: '2024-02',
        days: { present: 2, late: 1, half_day: 0, absent: 0, on_leave: 0, holiday: 0, open: 0 },
        corrected_days: 1,
        worked_minutes: 480,
        late_minutes: 7,
        overtime_minutes: 3,
      },
    });
    expect(dates(await month('month=2024-02', ada))).toEqual(['2024-02-29', '2024-02-28', '2024-02-01']);
    expect((await month('', ada)).body.meta).toMatchObject({ summary: null });
  });

  it.each(['month=2024-13', 'month=2024-2', 'month=2024-02&from=2024-02-01', 'month=2024-02&to=2024-02-01', 'month='])(
    'refuses %s',
    async (query) => {
      expect(await month(query, operator)).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED' } });
    },
  );
});

describe('evidence', () => {
  it('leads from a record to its sightings, page by page', async () => {
    const ada = await buildUser(database.owner, operator.organizationId);
    const { recordId, logIds } = await buildDay(ada, '2025-03-03', { crops: [null, null, null] });
    const path = `/v1/ops/attendance/${recordId}/evidence`;
    const first = await gateway.call<AttendanceLogOut[]>('GET', `${path}?limit=2`, { as: operator });
    expect(first.body.data.map((log) => log.attendance_log_id)).toEqual(logIds.slice(0, 2));
    const second = await gateway.call('GET', `${path}?limit=2&cursor=${first.body.meta.next_cursor ?? ''}`, {
      as: operator,
    });
    expect(second.body).toMatchObject({
      data: [{ attendance_log_id: logIds[2], user_id: ada.id, crop_url: null }],
      meta: { next_cursor: null },
    });
  });

  it('shows a crop, and writes down who looked', async () => {
    const key = newObjectKey(operator.organizationId, new Date());
    await createLocalObjectStore({ root: gateway.storageRoot }).put(key, Buffer.from('the crop'));
    const ada = await buildUser(database.owner, operator.organizationId);
    const { recordId, logIds } = await buildDay(ada, '2025-03-03', { crops: [key] });
    const evidence = await gateway.call<AttendanceLogOut[]>('GET', `/v1/ops/attendance/${recordId}/evidence`, {
      as: operator,
    });
    const crop = await gateway.call('GET', evidence.body.data[0]?.crop_url ?? '', { as: operator });
    expect(crop).toMatchObject({ status: 200, text: 'the crop' });
    expect(crop.headers.get('content-type')).toBe('image/jpeg');
    expect(crop.headers.get('cache-control')).toBe('private, no-store');
    const { rows } = await database.owner.query(
      "select actor, payload from events where type = 'evidence.viewed' and organization_id = $1",
      [operator.organizationId],
    );
    expect(rows).toEqual([
      { actor: `user:${operator.id}`, payload: { attendance_log_id: logIds[0], user_id: ada.id } },
    ]);
  });

  it('shows a person the crops of their own sightings and of no other, and writes that down', async () => {
    const people = [
      await buildPrincipal(database, operator.organizationId, 'USER'),
      await buildPrincipal(database, operator.organizationId, 'USER', { email: 'ben@example.test' }),
      await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'USER'),
    ] as const;
    const [ada, ben, stranger] = people;
    const crops = people.map(({ organizationId }) => newObjectKey(organizationId, new Date()));
    for (const [index, person] of people.entries()) {
      const key = crops[index] ?? '';
      await createLocalObjectStore({ root: gateway.storageRoot }).put(key, Buffer.from(`the crop of ${person.id}`));
      await buildDay(person, '2025-03-03', { crops: [key] });
    }
    const urlOf = async (person: BuiltUser): Promise<string> => {
      const path = '/v1/user/get-attendance?include=logs';
      const own = await gateway.call<AttendanceOut[]>('GET', path, { as: person });
      return own.body.data[0]?.logs?.[0]?.crop_url ?? '';
    };
    expect(await gateway.call('GET', await urlOf(ada), { as: ada })).toMatchObject({
      ...{ status: 200, text: `the crop of ${ada.id}` },
    });
    const unknown = `/v1/ops/evidence/${ada.id}/crop`;
    for (const url of [await urlOf(ben), await urlOf(stranger), unknown]) {
      expect(await gateway.call('GET', url, { as: ada })).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    }
    const { rows } = await database.owner.query(
      "select actor, payload ->> 'user_id' as user_id from events where type = 'evidence.viewed' and actor = any($1)",
      [people.map(({ id }) => `user:${id}`)],
    );
    expect(rows).toEqual([{ actor: `user:${ada.id}`, user_id: ada.id }]);
  });

  it('says when a crop is not kept any more, and writes nothing down', async () => {
    const ada = await buildUser(database.owner, operator.organizationId);
    const gone = newObjectKey(operator.organizationId, new Date());
    for (const crops of [[null], [gone]]) {
      const { logIds } = await buildDay(ada, crops[0] === null ? '2025-03-03' : '2025-03-04', { crops });
      const path = `/v1/ops/evidence/${logIds[0] ?? ''}/crop`;
      expect(await gateway.call('GET', path, { as: operator })).toMatchObject({
        status: 404,
        body: { code: 'OBJECT_NOT_FOUND' },
      });
    }
    const { rows } = await database.owner.query(
      "select 1 from events where type = 'evidence.viewed' and organization_id = $1",
      [operator.organizationId],
    );
    expect(rows).toEqual([]);
  });
});
