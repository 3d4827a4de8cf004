import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { UserOut } from '@rollcall/contracts';
import { buildOrganization, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let operator: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
});

beforeEach(async () => {
  operator = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'OPERATOR');
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

describe('a body of a person', () => {
  it.each([
    ['no name', {}, '/full_name', 'REQUIRED'],
    ['a blank name', { full_name: '   ' }, '/full_name', 'WRONG_FORMAT'],
    ['a name of two lines', { full_name: 'A\nB' }, '/full_name', 'WRONG_FORMAT'],
    ['a name that is a number', { full_name: 5 }, '/full_name', 'WRONG_TYPE'],
    ['a name of a page', { full_name: 'x'.repeat(201) }, '/full_name', 'TOO_LONG'],
    ['no email', { full_name: 'A', email: 'at home' }, '/email', 'WRONG_FORMAT'],
    ['a short password', { full_name: 'A', email: 'a@b.cd', password: '1234567' }, '/password', 'TOO_SHORT'],
    [
      'a password of more than 72 bytes',
      { full_name: 'A', email: 'a@b.cd', password: 'ä'.repeat(37) },
      '/password',
      'TOO_LONG',
    ],
    ['a password without an email', { full_name: 'A', password: '12345678' }, '/email', 'REQUIRED'],
    ['a field nobody knows', { full_name: 'A', role: 'ADMIN' }, '/role', 'UNEXPECTED_FIELD'],
    ['half a character', { full_name: 'A \ud83d' }, '/full_name', 'WRONG_FORMAT'],
    ['a list', [{ full_name: 'A' }], '', 'WRONG_TYPE'],
  ])('refuses %s', async (_what, json, path, code) => {
    expect(await gateway.call('POST', '/v1/ops/user', { as: operator, json })).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED', errors: [{ path, code }] },
    });
  });

  it('does not take a prototype for a field', async () => {
    const body = '{"full_name":"A","__proto__":{"role":"ADMIN"}}';
    const headers = { 'content-type': 'application/json' };
    expect(await gateway.call('POST', '/v1/ops/user', { as: operator, body, headers })).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED' },
    });
  });

  it.each([
    ['broken JSON', '{"full_name":', 'application/json', 400, 'MALFORMED_JSON'],
    ['bare text', '"Ada"', 'application/json', 400, 'MALFORMED_JSON'],
    ['a bare number', '5', 'application/json', 400, 'MALFORMED_JSON'],
    ['a bare null', 'null', 'application/json', 400, 'MALFORMED_JSON'],
    [
      'UTF-16',
      Uint8Array.from(Buffer.from('{"full_name":"A"}', 'utf16le')),
      'application/json; charset=utf-16le',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['nothing', '', 'application/json', 422, 'VALIDATION_FAILED'],
    ['a charset nobody knows', '{}', 'application/json; charset=klingon', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a form', 'full_name=A', 'application/x-www-form-urlencoded', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['too much', JSON.stringify({ full_name: 'x'.repeat(200_000) }), 'application/json', 413, 'PAYLOAD_TOO_LARGE'],
  ])('refuses a body of %s', async (_what, body, type, status, code) => {
    const answer = await gateway.call('POST', '/v1/ops/user', {
      as: operator,
      body,
      headers: { 'content-type': type },
    });
    expect(answer).toMatchObject({ status, body: { code } });
  });

  it('refuses bytes that are no UTF-8, for they would be kept as other characters', async () => {
    const body = Uint8Array.from(Buffer.from('{"full_name":"Jörg"}', 'latin1'));
    const headers = { 'content-type': 'application/json' };
    expect(await gateway.call('POST', '/v1/ops/user', { as: operator, body, headers })).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED', errors: [{ path: '/full_name', code: 'WRONG_FORMAT' }] },
    });
    const { body: kept } = await gateway.call<UserOut[]>('GET', '/v1/ops/user', { as: operator });
    expect(kept.data.map(({ user_id }) => user_id)).toEqual([operator.id]);
  });

  it.each(['gzip', 'deflate', 'br'])('does not take a body compressed with %s', async (encoding) => {
    const compress = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }[encoding];
    const body = Uint8Array.from(compress?.('{"full_name":"A"}') ?? []);
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    expect(await gateway.call('POST', '/v1/ops/user', { as: operator, body, headers })).toMatchObject({
      status: 415,
      body: { code: 'UNSUPPORTED_MEDIA_TYPE' },
    });
  });

  it.each(['', 'identity', 'Identity'])('takes a body whose encoding is none: %j', async (encoding) => {
    const headers = { 'content-type': 'application/json; charset=UTF-8', 'content-encoding': encoding };
    const body = '{"full_name":"Jörg"}';
    expect(await gateway.call('POST', '/v1/ops/user', { as: operator, body, headers })).toMatchObject({ status: 201 });
  });

  it('does not take a body nested deeper than anything here', async () => {
    const body = `{"full_name":${'['.repeat(33)}${']'.repeat(33)}}`;
    const headers = { 'content-type': 'application/json' };
    expect(await gateway.call('POST', '/v1/ops/user', { as: operator, body, headers })).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED', errors: [{ code: 'TOO_DEEP' }] },
    });
  });
});
