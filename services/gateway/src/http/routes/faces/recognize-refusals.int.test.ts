import { request as httpRequest } from 'node:http';
import { json as readJson } from 'node:stream/consumers';
import type { RecognizeResponse } from '@rollcall/contracts';
import {
  buildOrganization,
  buildSource,
  createTestDatabase,
  type BuiltUser,
  type TestDatabase,
} from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jpegFile, pngFile, webpFile } from '../../../domain/image-files.test.js';
import { completeFrames } from '../../../testing/play-worker.test.js';
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

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
});

beforeEach(async () => {
  operator = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'OPERATOR');
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

/** A body without an announced length. */
async function sendInPieces(type: string, pieces: readonly string[]): Promise<{ status?: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${gateway.tokenOf(operator)}`, 'content-type': type };
    const call = httpRequest(`${gateway.url}/faces/recognize`, { method: 'POST', headers }, (answer) => {
      readJson(answer).then((body) => {
        resolve({ ...(answer.statusCode !== undefined && { status: answer.statusCode }), body });
      }, reject);
    });
    call.on('error', reject);
    for (const piece of pieces) call.write(piece);
    call.end();
  });
}

async function requests(): Promise<Record<string, unknown>[]> {
  const sql = `select r.*, s.external_id, s.source_type from recognition_requests as r join sources as s on s.id = r.source_id
               where r.organization_id = $1 order by r.received_at, r.id`;
  return (await database.owner.query<Record<string, unknown>>(sql, [operator.organizationId])).rows;
}

describe('POST /faces/recognize refuses', () => {
  const file = (bytes: Uint8Array) => ({ files: [['image', bytes]] }) as const;
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const huge = () => pngFile({ width: 10_000, height: 4_001 });

  it.each([
    ['text instead of an image', () => sendForm(file(Buffer.from('hello'))), 415, 'NOT_AN_IMAGE'],
    ['an empty file', () => sendForm(file(Buffer.alloc(0))), 415, 'NOT_AN_IMAGE'],
    ['an image of another kind', () => sendForm(file(Buffer.from('GIF89a......'))), 415, 'IMAGE_UNSUPPORTED'],
    ['a truncated JPEG', () => sendForm(file(image.subarray(0, -2))), 422, 'IMAGE_TRUNCATED'],
    ['a truncated PNG', () => sendForm(file(pngFile().subarray(0, -5))), 422, 'IMAGE_TRUNCATED'],
    ['a truncated WebP', () => sendForm(file(webpFile().subarray(0, -5))), 422, 'IMAGE_TRUNCATED'],
    ['too many pixels', () => sendForm(file(huge())), 422, 'TOO_MANY_PIXELS'],
    ['too many pixels as JSON', () => sendJson({ image: huge().toString('base64') }), 422, 'TOO_MANY_PIXELS'],
    ['text as JSON', () => sendJson({ image: base64('hello') }), 415, 'NOT_AN_IMAGE'],
    ['another kind as JSON', () => sendJson({ image: base64('GIF89a......') }), 415, 'IMAGE_UNSUPPORTED'],
    [
      'a truncated JPEG as JSON',
      () => sendJson({ image: image.subarray(0, -2).toString('base64') }),
      422,
      'IMAGE_TRUNCATED',
    ],
    ['too few pixels', () => sendForm(file(pngFile({ width: 20 }))), 422, 'VALIDATION_FAILED'],
    ['no file', () => sendForm({ files: [] }), 422, 'VALIDATION_FAILED'],
    [
      'two files',
      () =>
        sendForm({
          files: [
            ['image', image],
            ['image', image],
          ],
        }),
      422,
      'WRONG_IMAGE_COUNT',
    ],
    ['a file under another name', () => sendForm({ files: [['picture', image]] }), 422, 'VALIDATION_FAILED'],
    [
      'text where the file should be',
      () => sendForm({ fields: { ...fields, image: 'x' }, files: [] }),
      422,
      'VALIDATION_FAILED',
    ],
    [
      'too many fields',
      () => sendForm({ fields: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}`, 'x'])) }),
      422,
      'VALIDATION_FAILED',
    ],
    ['a nested field', () => sendForm({ fields: { ...fields, 'timestamp[x]': 'y' } }), 422, 'VALIDATION_FAILED'],
    [
      'a field of a novel',
      () => sendForm({ fields: { ...fields, source_id: 'x'.repeat(3_000) } }),
      422,
      'VALIDATION_FAILED',
    ],
    ['an unknown field', () => sendForm({ fields: { ...fields, priority: '9' } }), 422, 'VALIDATION_FAILED'],
    ['an unknown field as JSON', () => sendJson({ priority: 9 }), 422, 'VALIDATION_FAILED'],
    ['no timestamp', () => sendJson({ timestamp: undefined }), 422, 'VALIDATION_FAILED'],
    ['a timestamp without offset', () => sendJson({ timestamp: '2025-03-03T08:59:12' }), 422, 'VALIDATION_FAILED'],
    [
      'a timestamp with half an offset',
      () => sendJson({ timestamp: '2025-03-03T08:59:12+05' }),
      422,
      'VALIDATION_FAILED',
    ],
    [
      'a timestamp of a clock never set',
      () => sendJson({ timestamp: '1900-01-01T00:00:00Z' }),
      422,
      'VALIDATION_FAILED',
    ],
    ['a timestamp that is a number', () => sendJson({ timestamp: 1_741_000_000 }), 422, 'VALIDATION_FAILED'],
    ['a source of another kind', () => sendJson({ source_type: 'drone' }), 422, 'VALIDATION_FAILED'],
    ['a source with a line break', () => sendJson({ source_id: 'a\nb' }), 422, 'VALIDATION_FAILED'],
    ['a key of a novel', () => sendForm({}, { 'idempotency-key': 'k'.repeat(256) }), 422, 'VALIDATION_FAILED'],
    ['a compressed form', () => sendForm({}, { 'content-encoding': 'gzip' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['compressed JSON', () => sendJson({}, { 'content-encoding': 'gzip' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a source with a NUL', () => sendJson({ source_id: 'a\0b' }), 422, 'VALIDATION_FAILED'],
    ['an image that is not base64', () => sendJson({ image: 'not base64!' }), 422, 'VALIDATION_FAILED'],
    ['an image that is a number', () => sendJson({ image: 5 }), 422, 'VALIDATION_FAILED'],
    ['an empty key', () => sendForm({}, { 'idempotency-key': '' }), 422, 'VALIDATION_FAILED'],
    [
      'an hour ahead',
      () => sendJson({ timestamp: new Date(Date.now() + 3_600_000).toISOString() }),
      422,
      'CAPTURED_IN_FUTURE',
    ],
    ['broken JSON', () => post({ body: '{', headers: { 'content-type': 'application/json' } }), 400, 'MALFORMED_JSON'],
    [
      'the bare bytes',
      () => post({ body: Uint8Array.from(image), headers: { 'content-type': 'image/jpeg' } }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['nothing at all', () => post({}), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'multipart without a boundary',
      () => post({ body: 'x', headers: { 'content-type': 'multipart/form-data' } }),
      400,
      'MALFORMED_MULTIPART',
    ],
    [
      'multipart that ends too early',
      () =>
        post({
          body: '--b\r\nContent-Disposition: form-data; name="source_id"\r\n\r\nx',
          headers: { 'content-type': 'multipart/form-data; boundary=b' },
        }),
      400,
      'MALFORMED_MULTIPART',
    ],
  ])('%s', async (_what, send, status, code) => {
    const before = await gateway.storedFiles();
    const answer = await send();
    expect(answer).toMatchObject({ status, body: { success: false, code, data: null } });
    expect(await gateway.storedFiles()).toEqual(before);
    expect(await requests()).toEqual([]);
  });

  it('a frame that is ahead by more than the organization allows', async () => {
    const ahead = new Date(Date.now() + 60_000).toISOString();
    expect(await sendJson({ timestamp: ahead })).toMatchObject({ status: 202 });
    await database.owner.query(
      'insert into system_configs (organization_id, body) values ($1, \'{"capture":{"max_clock_skew_seconds":10}}\')',
      [operator.organizationId],
    );
    expect(await sendJson({ timestamp: ahead })).toMatchObject({
      status: 422,
      body: { code: 'CAPTURED_IN_FUTURE', errors: [{ path: '/timestamp' }] },
    });
  });

  it('too many bytes, as multipart and as JSON, by what the organization allows', async () => {
    await database.owner.query(
      'insert into system_configs (organization_id, body) values ($1, \'{"images":{"max_bytes":10000}}\')',
      [operator.organizationId],
    );
    const large = jpegFile({ filling: 10_000 });
    const before = await gateway.storedFiles();
    expect(await sendForm(file(large))).toMatchObject({ status: 413, body: { code: 'PAYLOAD_TOO_LARGE' } });
    expect(await sendForm(file(jpegFile({ filling: 500_000 })))).toMatchObject({
      status: 413,
      body: { code: 'PAYLOAD_TOO_LARGE' },
    });
    expect(await sendJson({ image: large.toString('base64') })).toMatchObject({
      status: 413,
      body: { code: 'PAYLOAD_TOO_LARGE' },
    });
    expect(await sendJson({ image: jpegFile({ filling: 500_000 }).toString('base64') })).toMatchObject({
      status: 413,
      body: { code: 'PAYLOAD_TOO_LARGE' },
    });
    expect(await gateway.storedFiles()).toEqual(before);
    expect(await sendForm(file(jpegFile({ filling: 9_000 })))).toMatchObject({ status: 202 });
  });

  it.each([
    [
      'a form',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="image"; filename="f"\r\n\r\n',
    ],
    ['JSON', 'application/json', '{"image":"'],
  ])('too many bytes whose number was not announced, as %s', async (_what, type, beginning) => {
    await database.owner.query(
      'insert into system_configs (organization_id, body) values ($1, \'{"images":{"max_bytes":10000}}\')',
      [operator.organizationId],
    );
    const before = await gateway.storedFiles();
    const pieces = [beginning, ...Array.from({ length: 20 }, () => 'A'.repeat(10_000))];
    expect(await sendInPieces(type, pieces)).toMatchObject({ status: 413, body: { code: 'PAYLOAD_TOO_LARGE' } });
    expect(await gateway.storedFiles()).toEqual(before);
  });

  it('a source that is not known, when the organization names its sources itself', async () => {
    await database.owner.query(
      'insert into system_configs (organization_id, body) values ($1, \'{"sources":{"accept_unknown":false}}\')',
      [operator.organizationId],
    );
    const before = await gateway.storedFiles();
    expect(await sendForm()).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND', errors: [{ path: '/source_id', code: 'UNKNOWN_SOURCE' }] },
    });
    expect(await gateway.storedFiles()).toEqual(before);
    await buildSource(database.owner, operator.organizationId, { externalId: 'entrance-1' });
    expect(await sendForm()).toMatchObject({ status: 202 });
    await database.owner.query('update sources set is_active = false where organization_id = $1', [
      operator.organizationId,
    ]);
    expect(await sendForm()).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  });

  it('who may not send frames', async () => {
    const user = await buildPrincipal(database, operator.organizationId, 'USER');
    expect(await post({ as: user, json: {} })).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect(await gateway.call('POST', '/faces/recognize', { json: {} })).toMatchObject({ status: 401 });
  });
});
