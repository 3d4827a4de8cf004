import { crossPhotoPair, frames } from '@rollcall/sample-photos';
import { ApiClient, startRollcall, waitUntil, type RunningRollcall } from '@rollcall/testkit/rollcall';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrolPerson, type Recognized } from './people.js';

interface Review {
  review_id: string;
  kind: string;
  captured_at: string;
  candidates: { user_id: string; similarity: number }[];
}

interface UnknownFace {
  unknown_face_id: string;
  sighting_count: number;
}

interface Assignment {
  sightings: number;
  remaining: number;
  face_ids: string[];
}

interface Attendance {
  user_id: string;
  work_date: string;
  check_in_at: string | null;
  check_out_at: string | null;
}

describe('sightings that a person decides on, over HTTP through three processes', () => {
  let rollcall: RunningRollcall;
  let api: ApiClient;
  let token: string;
  let photos: Awaited<ReturnType<typeof frames>>;

  beforeAll(async () => {
    rollcall = await startRollcall();
    api = new ApiClient(rollcall.url);
    token = await api.login(rollcall.admin.email, rollcall.admin.password);
    photos = await frames();
  });
  afterAll(async () => {
    await rollcall.close();
  });

  async function see(name: string, timestamp: string): Promise<Recognized> {
    const image = photos.find((photo) => photo.name === name)?.bytes;
    if (image === undefined) throw new Error(`there is no frame ${name}`);
    const frame = { image, sourceId: 'gate-1', timestamp };
    const answer = await api.recognize<Recognized>(token, frame, { prefer: 'wait=30' });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body.data;
  }

  async function recordOf(userId: string, date: string): Promise<Attendance | undefined> {
    const path = `/v1/ops/attendance?user_id=${userId}&from=${date}&to=${date}`;
    return (await api.call<Attendance[]>('GET', path, { token })).body.data[0];
  }

  async function newUser(fullName: string): Promise<string> {
    const answer = await api.call<{ user_id: string }>('POST', '/v1/ops/user', {
      token,
      json: { full_name: fullName },
    });
    return answer.body.data.user_id;
  }

  it('gives a stranger the attendance back in time once somebody says who it is', async () => {
    await see('sample1-arrival', '2026-03-02T08:00:00Z');
    await see('sample3-arrival', '2026-03-02T17:00:00Z');
    // The only one who is in both photos.
    const group = await waitUntil('the two sightings of one person are together', async () => {
      const { data } = (await api.call<UnknownFace[]>('GET', '/v1/ops/unknown-faces', { token })).body;
      return data.find(({ sighting_count }) => sighting_count === 2);
    });
    const userId = await newUser('Carol');
    const path = `/v1/ops/unknown-faces/${group.unknown_face_id}`;
    const assigned = await api.call<Assignment>('POST', `${path}/assign`, { token, json: { user_id: userId } });
    expect(assigned.body.data).toMatchObject({ sightings: 2, remaining: 0 });
    expect(assigned.body.data.face_ids.length).toBeGreaterThan(0);

    const record = await waitUntil('the record is there', () => recordOf(userId, '2026-03-02'));
    expect([record.check_in_at, record.check_out_at].map((at) => new Date(at ?? 0).toISOString())).toEqual([
      '2026-03-02T08:00:00.000Z',
      '2026-03-02T17:00:00.000Z',
    ]);
    const next = await see('sample3-departure', '2026-03-03T08:00:00Z');
    expect(next.faces.map(({ user_id }) => user_id)).toContain(userId);
    const again = await api.call('POST', `${path}/assign`, { token, json: { user_id: userId } });
    expect(again.status).toBe(404);
  });

  it('turns a confirmed doubt into attendance, and does not offer again what was rejected', async () => {
    const config = await api.call('GET', '/v1/admin/system-config', { token });
    const strict = await api.call('PATCH', '/v1/admin/system-config', {
      token,
      json: { recognition: { match_threshold: 0.998 } },
      headers: { 'if-match': config.headers.get('etag') ?? '' },
    });
    expect(strict.status, JSON.stringify(strict.body)).toBe(200);
    const { userId } = await enrolPerson(api, token, 'person-a', 'Ann');

    const frameOfAnn = photos.find(({ people, occasion }) => people.includes('person-a') && occasion === 'departure');
    const name = frameOfAnn?.name ?? crossPhotoPair.frame;
    const doubtAt = async (timestamp: string): Promise<Review | undefined> => {
      await see(name, timestamp);
      const { data } = (await api.call<Review[]>('GET', `/v1/ops/reviews?kind=review&from=${timestamp}`, { token }))
        .body;
      return data.find(({ candidates }) => candidates[0]?.user_id === userId);
    };
    const first = await doubtAt('2026-03-04T08:00:00Z');
    const confirmed = await api.call('POST', `/v1/ops/reviews/${first?.review_id ?? ''}/confirm`, { token, json: {} });
    expect(confirmed.status, JSON.stringify(confirmed.body)).toBe(200);
    const record = await waitUntil('the record is there', () => recordOf(userId, '2026-03-04'));
    expect(new Date(record.check_in_at ?? 0).toISOString()).toBe('2026-03-04T08:00:00.000Z');

    const second = await doubtAt('2026-03-05T08:00:00Z');
    const rejected = await api.call('POST', `/v1/ops/reviews/${second?.review_id ?? ''}/reject`, { token, json: {} });
    expect(rejected.status, JSON.stringify(rejected.body)).toBe(200);
    expect(await doubtAt('2026-03-06T08:00:00Z')).toBeUndefined();
    expect(await recordOf(userId, '2026-03-05')).toBeUndefined();
  });
});
