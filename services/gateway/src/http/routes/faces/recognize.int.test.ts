import type { RecognizeResponse } from '@rollcall/contracts';
import {
  buildFace,
  buildOrganization,
  buildSource,
  buildUser,
  createTestDatabase,
  matchingFace,
  type BuiltUser,
  type TestDatabase,
} from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jpegFile, pngFile, webpFile } from '../../../domain/image-files.test.js';
import { completeFrames, failFrames } from '../../../testing/play-worker.test.js';
import {
  buildPrincipal,
  formOf,
  startTestGateway,
  type CallOptions,
  type FormParts,
  type TestGateway,
} from '../../../testing/test-gateway.test.js';

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
  // What an earlier test left waiting is no business of this one.
  await completeFrames(database);
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const timestamp = '2025-03-03T08:59:12.000Z';
const fields = { source_type: 'camera', source_id: 'entrance-1', timestamp };
const image = jpegFile();

const post = (options: CallOptions) =>
  gateway.call<RecognizeResponse>('POST', '/faces/recognize', { as: operator, ...options });
const sendForm = (parts: FormParts = {}, headers: Record<string, string> = {}) =>
  post({ form: formOf({ fields, files: [['image', image]], ...parts }), headers });
const sendJson = (given: object = {}, headers: Record<string, string> = {}) =>
  post({ json: { ...fields, image: image.toString('base64'), ...given }, headers });

async function requests(): Promise<Record<string, unknown>[]> {
  const sql = `select r.*, s.external_id, s.source_type from recognition_requests as r join sources as s on s.id = r.source_id
               where r.organization_id = $1 order by r.received_at, r.id`;
  return (await database.owner.query<Record<string, unknown>>(sql, [operator.organizationId])).rows;
}

/** A claim ends those whose time is over. */
async function letFramesExpire(): Promise<void> {
  await database.owner.query(
    "update recognition_requests set expires_at = now() - interval '1 s' where status = 'queued'",
  );
  await completeFrames(database);
}

describe('POST /faces/recognize', () => {
  it.each([
    ['as multipart', () => sendForm()],
    ['as JSON', () => sendJson()],
    ['as JSON with a data URL', () => sendJson({ image: `data:image/jpeg;base64,${image.toString('base64')}` })],
  ])('takes a frame %s, stores it and answers at once', async (_how, send) => {
    const answer = await send();
    expect(answer).toMatchObject({
      status: 202,
      body: {
        code: 'RECOGNITION_ACCEPTED',
        data: { status: 'queued', source_type: 'camera', source_id: 'entrance-1', captured_at: timestamp, faces: [] },
      },
    });
    const { recognition_id } = answer.body.data;
    expect(answer.headers.get('location')).toBe(`/faces/recognitions/${recognition_id}`);
    expect(answer.headers.get('retry-after')).toBe('1');
    const [request, ...others] = await requests();
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      id: recognition_id,
      status: 'queued',
      mode: 'single',
      requested_by: `user:${operator.id}`,
      late_arrival: true,
      image_content_type: 'image/jpeg',
      image_bytes: image.length,
      image_width: 640,
      image_height: 480,
      external_id: 'entrance-1',
    });
    const files = await gateway.storedFiles();
    expect(files.some((file) => file.endsWith(String(request?.['image_key'])))).toBe(true);
  });

  it('writes the events: a source seen for the first time, then the frame', async () => {
    const first = await sendForm({}, { 'x-request-id': '0198c0de-7a11-7c00-8000-00000000abcd' });
    await sendForm();
    const { rows } = await database.owner.query<{ type: string; subject: string; correlation_id: string }>(
      'select type, subject, correlation_id from events where organization_id = $1 order by position',
      [operator.organizationId],
    );
    expect(rows.map(({ type }) => type)).toEqual([
      'source.discovered',
      ...['recognition.requested', 'frame.submitted'],
      ...['recognition.requested', 'frame.submitted'],
    ]);
    expect(rows[1]).toMatchObject({
      subject: `recognitions/${first.body.data.recognition_id}`,
      correlation_id: '0198c0de-7a11-7c00-8000-00000000abcd',
    });
  });

  it('leaves a line with who sent it from where and what they said of it, once, however often it is repeated', async () => {
    const headers = { 'idempotency-key': 'photo-1', 'user-agent': 'browser' };
    const sent = await sendForm({}, headers);
    await sendForm({}, headers);
    await sendJson({}, headers);
    const { rows } = await database.owner.query(
      `select e.actor, e.subject, e.payload, d.detail from events e left join audit_details d on d.event_id = e.id
       where e.organization_id = $1 and e.type = 'frame.submitted'`,
      [operator.organizationId],
    );
    const { recognition_id } = sent.body.data;
    expect(rows).toEqual([
      {
        ...{ actor: `user:${operator.id}`, subject: `recognitions/${recognition_id}` },
        payload: expect.objectContaining({ recognition_id, late_arrival: true }) as unknown,
        detail: {
          ...{ request_id: sent.headers.get('x-request-id'), address: '127.0.0.1', user_agent: 'browser' },
          ...{ source_type: 'camera', source_id: 'entrance-1', captured_at: timestamp },
          received_at: expect.any(String) as string,
        },
      },
    ]);
  });

  it('takes PNG and WebP, whatever the part says it is', async () => {
    for (const bytes of [pngFile(), webpFile()])
      expect(await sendForm({ files: [['image', bytes]] })).toMatchObject({ status: 202 });
    expect((await requests()).map((request) => request['image_content_type'])).toEqual(['image/png', 'image/webp']);
  });

  it('takes the mode from the call, else from the source', async () => {
    await buildSource(database.owner, operator.organizationId, { externalId: 'hall' });
    await database.owner.query("update sources set capture_mode = 'group' where external_id = 'hall'");
    await sendForm({ fields: { ...fields, source_id: 'hall' } });
    await sendForm({ fields: { ...fields, source_id: 'hall', mode: 'single' } });
    expect((await requests()).map(({ mode }) => mode)).toEqual(['group', 'single']);
  });

  it('makes many frames at once into many requests, each with its own answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => sendForm({ fields: { ...fields, source_id: `door-${index % 3}` } })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const ids = answers.map(({ body }) => body.data.recognition_id);
    expect((await requests()).map(({ id }) => String(id)).toSorted()).toEqual(ids.toSorted());
    answers.forEach(({ body }, index) => expect(body.data.source_id).toBe(`door-${index % 3}`));
  });

  describe('with an idempotency key', () => {
    const headers = { 'idempotency-key': 'frame-1' };

    it('is done once, and answers the present state', async () => {
      const first = await sendForm({}, headers);
      const again = await sendJson({}, headers);
      expect(again).toMatchObject({ status: 202, body: { data: { recognition_id: first.body.data.recognition_id } } });
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      await completeFrames(database);
      const finished = await sendForm({}, headers);
      expect(finished).toMatchObject({
        status: 200,
        body: { code: 'RECOGNITION_COMPLETED', data: { status: 'completed' } },
      });
      expect(await requests()).toHaveLength(1);
    });

    it('leaves one image behind, however many come at the same time', async () => {
      const before = await gateway.storedFiles();
      const answers = await Promise.all(Array.from({ length: 5 }, () => sendForm({}, headers)));
      expect(new Set(answers.map(({ body }) => body.data.recognition_id)).size).toBe(1);
      expect(await gateway.storedFiles()).toHaveLength(before.length + 1);
    });

    it('refuses another body under it', async () => {
      await sendForm({}, headers);
      const before = await gateway.storedFiles();
      for (const send of [
        sendForm({ files: [['image', pngFile()]] }, headers),
        sendForm({ fields: { ...fields, source_id: 'x' } }, headers),
      ]) {
        expect(await send).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
      }
      expect(await gateway.storedFiles()).toEqual(before);
    });

    it('keeps the keys of different callers apart', async () => {
      const first = await sendForm({}, headers);
      const other = await post({ as: stranger, form: formOf({ fields, files: [['image', image]] }), headers });
      expect(other.body.data.recognition_id).not.toBe(first.body.data.recognition_id);
    });
  });

  describe('with Prefer: wait', () => {
    it('answers the result when it comes', async () => {
      const user = await buildUser(database.owner, operator.organizationId);
      const face = await buildFace(database.owner, user);
      const waiting = sendForm({}, { prefer: 'wait=30' });
      let done: string[] = [];
      while (done.length === 0)
        done = await completeFrames(database, () => [matchingFace(face)], {
          model_id: 'test-model',
          gallery_version: 1,
        });
      const answer = await waiting;
      expect(answer).toMatchObject({
        status: 200,
        body: {
          code: 'RECOGNITION_COMPLETED',
          data: {
            status: 'completed',
            model: 'test-model',
            faces: [{ decision: 'match', user_id: user.id, face_id: face.id }],
          },
        },
      });
      expect(answer.body.data.faces[0]?.similarity).toBeCloseTo(0.8, 5);
      expect(answer.headers.get('preference-applied')).toBe('wait=30');
    });

    it.each([
      ['was looked at', () => completeFrames(database), 'RECOGNITION_COMPLETED', 'The frame was looked at.'],
      [
        ...['could not be', () => failFrames(database, 'IMAGE_DAMAGED'), 'RECOGNITION_FAILED'],
        'The frame could not be looked at.',
      ],
      ['was not in time', () => letFramesExpire(), 'RECOGNITION_EXPIRED', 'The frame was not looked at in time.'],
    ] as const)('says of a frame sent again that it %s', async (_how, end, code, message) => {
      const headers = { 'idempotency-key': 'frame-1' };
      await sendForm({}, headers);
      await end();
      expect(await sendForm({}, headers)).toMatchObject({ status: 200, body: { code, message } });
    });

    it('tells of a frame that could not be processed', async () => {
      const sent = await sendForm();
      await failFrames(database, 'IMAGE_DAMAGED');
      const found = await gateway.call<RecognizeResponse>('GET', String(sent.headers.get('location')), {
        as: operator,
      });
      expect(found.body.data).toMatchObject({ status: 'failed', reason: 'IMAGE_DAMAGED' });
    });

    it('answers 202 when the time is over', async () => {
      const answer = await sendForm({}, { prefer: 'wait=0' });
      expect(answer).toMatchObject({ status: 202 });
      expect(answer.headers.get('preference-applied')).toBe('wait=0');
    });
  });
});

describe('GET /faces/recognitions/{id}', () => {
  it('tells the state of a frame to its organization only', async () => {
    const { body } = await sendForm();
    const path = `/faces/recognitions/${body.data.recognition_id}`;
    expect(await gateway.call('GET', path, { as: operator })).toMatchObject({
      status: 200,
      body: { data: { status: 'queued' } },
    });
    expect(await gateway.call('GET', path, { as: stranger })).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
    expect(await gateway.call('GET', '/faces/recognitions/5', { as: operator })).toMatchObject({ status: 422 });
  });
});
