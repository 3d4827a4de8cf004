import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NotLoggedInError } from './not-logged-in.js';
import { openSession } from './open-session.js';
import { forgetSession, loadSession, sessionFile, storeSession, type StoredSession } from './session-store.js';

const session: StoredSession = {
  url: 'http://localhost:8000',
  email: 'admin@rollcall.local',
  access_token: 'token',
  expires_at: '2026-03-02T09:00:00.000Z',
  timezone: 'Europe/Berlin',
};
const before = () => new Date('2026-03-02T08:58:59Z');
const atTheEnd = () => new Date(session.expires_at);

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'rollcall-cli-'));
});
afterEach(() => rm(home, { recursive: true }));

describe('the kept login', () => {
  it('can be read by its owner only and leaves nothing beside it', async () => {
    const file = sessionFile(home);
    await storeSession(file, session);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(home, 'rollcall'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(home, 'rollcall'))).toEqual(['session.json']);
    expect(await loadSession(file)).toEqual(session);
  });

  it('is gone after forgetting, which may be done twice', async () => {
    const file = sessionFile(home);
    await storeSession(file, session);
    await forgetSession(file);
    await forgetSession(file);
    expect(await loadSession(file)).toBeUndefined();
  });
});

describe('openSession', () => {
  it('takes the kept login for its address until it runs out', async () => {
    await storeSession(sessionFile(home), session);
    const opened = await openSession({ XDG_CONFIG_HOME: home }, before);
    expect(opened.client.url).toBe(session.url);
    expect(opened.timeZone).toBe('Europe/Berlin');
    await expect(openSession({ XDG_CONFIG_HOME: home }, atTheEnd)).rejects.toThrow(/run out/);
  });

  it('never sends a login to another address', async () => {
    await storeSession(sessionFile(home), session);
    const elsewhere = openSession({ XDG_CONFIG_HOME: home, ROLLCALL_URL: 'http://other:8000' }, before);
    await expect(elsewhere).rejects.toThrow(NotLoggedInError);
  });

  it('says how to log in when nobody is', async () => {
    await expect(openSession({ XDG_CONFIG_HOME: home }, before)).rejects.toThrow(/rollcall login/);
  });
});

describe('a login whose access token has run out', () => {
  const user = { organization: { timezone: 'Asia/Kolkata' } };
  const pair = { access_token: 'second', expires_at: '2026-03-02T09:30:00.000Z', refresh_token: 'rt_second', user };
  const asked: unknown[] = [];
  const bearers: unknown[] = [];
  let answer: { status: number; body: object };
  let server: Server;
  let url: string;

  beforeEach(async () => {
    asked.length = 0;
    bearers.length = 0;
    server = createServer((request, response) => {
      void text(request).then((body) => {
        asked.push([request.url, body === '' ? null : JSON.parse(body)]);
        bearers.push(request.headers.authorization);
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await storeSession(sessionFile(home), { ...session, url, refresh_token: 'rt_first' });
  });
  afterEach(() => server.close());

  const envelope = (code: string, data: unknown) => ({
    ...{ success: data !== null, code, message: '', data, meta: { request_id: 'r' }, errors: [] },
  });

  it('gets the next one, and keeps it', async () => {
    answer = { status: 200, body: envelope('SESSION_REFRESHED', pair) };
    const opened = await openSession({ XDG_CONFIG_HOME: home }, atTheEnd);
    expect(opened.timeZone).toBe('Asia/Kolkata');
    expect(asked).toEqual([['/v1/auth/refresh', { refresh_token: 'rt_first' }]]);
    expect(await loadSession(sessionFile(home))).toMatchObject({ access_token: 'second', refresh_token: 'rt_second' });
    await openSession({ XDG_CONFIG_HOME: home }, atTheEnd);
    expect(asked).toHaveLength(1);
  });

  it('takes what another command has got meanwhile instead of using a refresh token twice', async () => {
    let now = before();
    answer = { status: 200, body: envelope('SESSION_REFRESHED', pair) };
    const following = await openSession({ XDG_CONFIG_HOME: home }, () => now);
    now = atTheEnd();
    await openSession({ XDG_CONFIG_HOME: home }, () => now);
    expect(asked).toHaveLength(1);
    answer = { status: 200, body: envelope('EVENTS_LISTED', []) };
    await following.client.readEvents({});
    await following.client.readEvents({});
    expect(asked.map((call) => (call as unknown[])[0])).toEqual([
      '/v1/auth/refresh',
      expect.stringContaining('/v1/events'),
      expect.stringContaining('/v1/events'),
    ]);
    expect(bearers.slice(1)).toEqual(['Bearer second', 'Bearer second']);
  });

  it('says so when it is over, and keeps what it has when Rollcall is only in trouble', async () => {
    answer = { status: 401, body: envelope('TOKEN_EXPIRED', null) };
    const open = () => openSession({ XDG_CONFIG_HOME: home }, atTheEnd);
    await expect(open()).rejects.toThrow(/run out/);
    answer = { status: 422, body: envelope('VALIDATION_FAILED', null) };
    await expect(open()).rejects.not.toThrow(NotLoggedInError);
    expect(await loadSession(sessionFile(home))).toMatchObject({ refresh_token: 'rt_first' });
  });
});
