import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NotLoggedInError, openSession } from './open-session.js';
import { forgetSession, loadSession, sessionFile, storeSession, type StoredSession } from './session-store.js';

const session: StoredSession = {
  url: 'http://localhost:8000',
  email: 'admin@rollcall.local',
  access_token: 'token',
  expires_at: '2026-03-02T09:00:00.000Z',
  timezone: 'Europe/Berlin',
};
const before = new Date('2026-03-02T08:59:59Z');

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
    await expect(openSession({ XDG_CONFIG_HOME: home }, new Date(session.expires_at))).rejects.toThrow(/run out/);
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
