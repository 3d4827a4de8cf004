import { describe, expect, it } from 'vitest';
import { Session, type TokenPair } from './session.js';

const pair = (name: string): TokenPair => ({
  access_token: `access-${name}`,
  token_type: 'Bearer',
  expires_in: 900,
  expires_at: '2025-03-03T09:00:00.000Z',
  refresh_token: `refresh-${name}`,
  refresh_expires_in: 86_400,
  refresh_expires_at: '2025-03-04T09:00:00.000Z',
  user: {
    user_id: '0195d7a0-0000-7000-8000-000000000001',
    organization: {
      organization_id: '0195d7a0-0000-7000-8000-000000000002',
      slug: 'default',
      name: 'Example',
      timezone: 'Europe/Berlin',
    },
    role: 'ADMIN',
    full_name: 'Ada Example',
    email: null,
  },
});

/** A gateway that answers a refresh when the test says so. */
function slowGateway() {
  const calls: string[] = [];
  let answerRefresh: (tokens: TokenPair) => void = () => undefined;
  const refreshed = new Promise<TokenPair>((resolve) => (answerRefresh = resolve));
  const answer: typeof fetch = async (input, init) => {
    const path = new URL(input instanceof Request ? input.url : input).pathname;
    const { refresh_token } = JSON.parse(init?.body as string) as { refresh_token: string };
    calls.push(`${path} ${refresh_token}`);
    return Response.json({ data: path === '/v1/auth/refresh' ? await refreshed : null });
  };
  return { calls, answer, answerRefresh: (tokens: TokenPair) => answerRefresh(tokens) };
}

describe('Session', () => {
  it('stays signed out when tokens were on their way, and ends those too', async () => {
    const { calls, answer, answerRefresh } = slowGateway();
    const old = pair('old');
    const session = new Session({ baseUrl: 'http://rollcall.test', fetch: answer, tokens: old });
    const refreshing = session.refresh(old);
    await session.signOut();
    answerRefresh(pair('new'));
    await refreshing;
    expect(session.tokens).toBeUndefined();
    expect(calls).toEqual([
      '/v1/auth/refresh refresh-old',
      '/v1/auth/logout refresh-old',
      '/v1/auth/logout refresh-new',
    ]);
  });

  it('refreshes once for everybody who waits', async () => {
    const { calls, answer, answerRefresh } = slowGateway();
    const old = pair('old');
    const session = new Session({ baseUrl: 'http://rollcall.test', fetch: answer, tokens: old });
    const waiting = [session.refresh(old), session.refresh(old)];
    answerRefresh(pair('new'));
    await Promise.all(waiting);
    expect(session.tokens?.access_token).toBe('access-new');
    expect(calls).toHaveLength(1);
  });
});
