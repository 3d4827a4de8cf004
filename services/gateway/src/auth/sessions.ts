import type { TokenPair, UserInfo } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';
import { newId } from '@rollcall/service-kit';
import { insertRefreshToken, markTokenUsed, type LockedToken } from '../data-access/refresh-tokens.js';
import type { AccessTokens } from './access-tokens.js';
import { hashRefreshToken, type RefreshTokens } from './refresh-tokens.js';

/** A refresh token as it goes out. */
export interface IssuedRefresh {
  readonly sessionId: string;
  readonly token: string;
  readonly expiresAt: Date;
}

export interface SessionOwner {
  readonly userId: string;
  readonly organizationId: string;
  readonly generation: number;
}

export interface Sessions {
  /** Begins a session in the transaction. */
  begin(client: ClientBase, owner: SessionOwner, now: Date): Promise<IssuedRefresh>;
  /** Gives the successor of a token that may be used, in the transaction that holds it. */
  rotate(client: ClientBase, presented: string, held: LockedToken, now: Date): Promise<IssuedRefresh>;
  /** The successor that was given before; undefined when it cannot be told again. */
  repeat(presented: string, held: LockedToken): IssuedRefresh | undefined;
  tokenPair(user: UserInfo, generation: number, refresh: IssuedRefresh, now: Date): TokenPair;
}

export function createSessions(tokens: AccessTokens, refreshTokens: RefreshTokens): Sessions {
  async function insert(
    client: ClientBase,
    owner: SessionOwner,
    session: { readonly id: string; readonly endsAt: Date; readonly token: string },
    now: Date,
  ): Promise<{ readonly id: string; readonly issued: IssuedRefresh }> {
    const { id: sessionId, endsAt: sessionEndsAt, token } = session;
    const expiresAt = refreshTokens.endOf(now, sessionEndsAt);
    const id = newId();
    const row = { id, ...owner, sessionId, hash: hashRefreshToken(token), issuedAt: now, expiresAt, sessionEndsAt };
    await insertRefreshToken(client, row);
    return { id, issued: { sessionId, token, expiresAt } };
  }

  return {
    async begin(client, owner, now) {
      const session = { id: newId(), endsAt: refreshTokens.sessionEndOf(now), token: refreshTokens.first() };
      return (await insert(client, owner, session, now)).issued;
    },
    async rotate(client, presented, held, now) {
      const { userId, organizationId, generation } = held;
      const session = { id: held.sessionId, endsAt: held.sessionEndsAt, token: refreshTokens.successorOf(presented) };
      const { id, issued } = await insert(client, { userId, organizationId, generation }, session, now);
      await markTokenUsed(client, { id: held.id, replacedBy: id, usedAt: now });
      return issued;
    },
    repeat(presented, { sessionId, successor }) {
      const token = successor && refreshTokens.knownSuccessorOf(presented, successor.hash);
      return token === undefined ? undefined : { sessionId, token, expiresAt: successor?.expiresAt ?? new Date(0) };
    },
    tokenPair(user, generation, refresh, now) {
      const owner = {
        userId: user.user_id,
        organizationId: user.organization.organization_id,
        role: user.role,
      };
      const access = tokens.issue({ ...owner, generation, sessionId: refresh.sessionId }, now);
      return {
        access_token: access.token,
        token_type: 'Bearer',
        expires_in: secondsUntil(access.expiresAt, now),
        expires_at: access.expiresAt.toISOString(),
        refresh_token: refresh.token,
        refresh_expires_in: Math.max(1, secondsUntil(refresh.expiresAt, now)),
        refresh_expires_at: refresh.expiresAt.toISOString(),
        user,
      };
    },
  };
}

function secondsUntil(end: Date, now: Date): number {
  return Math.floor((end.getTime() - now.getTime()) / 1_000);
}
