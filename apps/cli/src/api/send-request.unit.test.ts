import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiError } from './api-error.js';
import { isRepeatable, sendRequest, type ApiRequest } from './send-request.js';

type Reply = (request: IncomingMessage, body: string, response: ServerResponse) => void;

const servers: Server[] = [];

/** A server that gives one scripted reply after the other, the last one for ever; notes what it was asked. */
async function scripted(...replies: Reply[]) {
  const seen: { method: string; headers: IncomingMessage['headers']; body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('latin1');
      seen.push({ method: request.method ?? '', headers: request.headers, body });
      replies[Math.min(seen.length, replies.length) - 1]?.(request, body, response);
    });
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { seen, connection: { baseUrl: `http://127.0.0.1:${port}` } };
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
});

const envelope = (fields: object) =>
  JSON.stringify({
    success: true,
    code: 'OK',
    message: '',
    data: null,
    meta: { request_id: 'r1' },
    errors: [],
    ...fields,
  });
const ok: Reply = (_request, _body, response) => response.end(envelope({ data: { x: 1 } }));
const busy: Reply = (_request, _body, response) => {
  response.writeHead(503, { 'retry-after': '0' });
  response.end(envelope({ success: false, code: 'SERVICE_UNAVAILABLE', message: 'Later.' }));
};
const hangUp: Reply = (request) => request.socket.destroy();

const get: ApiRequest = { method: 'GET', path: '/v1/ops/user' };
const post: ApiRequest = { method: 'POST', path: '/v1/ops/user', json: { full_name: 'Ada' } };

async function errorOf(promise: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

describe('sendRequest', () => {
  it('opens the envelope and gives data and cursor', async () => {
    const { connection } = await scripted((_request, _body, response) =>
      response.end(envelope({ data: [1], meta: { request_id: 'r', next_cursor: 'abc' } })),
    );
    expect(await sendRequest(connection, get)).toEqual({ data: [1], status: 200, nextCursor: 'abc' });
  });

  it('sends token, key and preference', async () => {
    const { connection, seen } = await scripted(ok);
    await sendRequest(
      { ...connection, accessToken: () => Promise.resolve('t') },
      { ...post, idempotencyKey: 'k', waitSeconds: 7 },
    );
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer t', 'idempotency-key': 'k', prefer: 'wait=7' });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ full_name: 'Ada' });
  });

  it('repeats a GET after a passing refusal and after a lost connection', async () => {
    const { connection, seen } = await scripted(busy, hangUp, ok);
    expect((await sendRequest(connection, get)).data).toEqual({ x: 1 });
    expect(seen).toHaveLength(3);
  });

  it('repeats a POST with an idempotency key, with the same body', async () => {
    const { connection, seen } = await scripted(hangUp, ok);
    const form = new FormData();
    form.append('images', new Blob([new Uint8Array([255, 216, 255])]), 'a.jpg');
    await sendRequest(connection, { method: 'POST', path: '/faces/register', form, idempotencyKey: 'k' });
    expect(seen).toHaveLength(2);
    expect(seen[1]?.body).toBe(seen[0]?.body);
    expect(seen[1]?.body).toContain('\xff\xd8\xff');
  });

  it('never repeats a POST without a key', async () => {
    const { connection, seen } = await scripted(busy, ok);
    expect((await errorOf(sendRequest(connection, post))).code).toBe('SERVICE_UNAVAILABLE');
    const lost = await scripted(hangUp, ok);
    expect((await errorOf(sendRequest(lost.connection, post))).code).toBe('CONNECTION_FAILED');
    expect([seen.length, lost.seen.length]).toEqual([1, 1]);
  });

  it('gives the code, the fields, the state and the request id of a refusal', async () => {
    const errors = [{ path: '/full_name', code: 'REQUIRED', message: 'is missing' }];
    const { connection } = await scripted((_request, _body, response) => {
      response.writeHead(422);
      response.end(envelope({ success: false, code: 'VALIDATION_FAILED', message: 'No.', data: { a: 1 }, errors }));
    });
    const error = await errorOf(sendRequest(connection, get));
    expect(error).toMatchObject({
      code: 'VALIDATION_FAILED',
      status: 422,
      message: 'No.',
      requestId: 'r1',
      errors,
      data: { a: 1 },
    });
  });

  it('says so when something else answers', async () => {
    const { connection } = await scripted((_request, _body, response) => response.end('<html>'));
    expect((await errorOf(sendRequest(connection, get))).code).toBe('NOT_ROLLCALL');
  });

  it('names the address when nobody answers', async () => {
    const { connection } = await scripted(ok);
    await new Promise((closed) => servers.pop()?.close(closed));
    const error = await errorOf(sendRequest(connection, post));
    expect(error.code).toBe('CONNECTION_FAILED');
    expect(error.message).toContain(connection.baseUrl);
  });

  it('ends a call when it is interrupted', async () => {
    const interruption = new AbortController();
    const { connection } = await scripted(() => {
      interruption.abort();
    });
    await expect(sendRequest({ ...connection, signal: interruption.signal }, get)).rejects.not.toBeInstanceOf(ApiError);
  });
});

describe('isRepeatable', () => {
  it('is true only where doing it twice is the same as doing it once', () => {
    expect(isRepeatable(get)).toBe(true);
    expect(isRepeatable({ ...post, idempotencyKey: 'k' })).toBe(true);
    expect(isRepeatable(post)).toBe(false);
    expect(isRepeatable({ method: 'DELETE', path: '/faces/1' })).toBe(false);
    expect(isRepeatable({ method: 'PATCH', path: '/x', idempotencyKey: 'k' })).toBe(false);
  });
});
