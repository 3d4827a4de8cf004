import { operations, type TokenPair } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type ClientBase, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import type { LoginThrottle } from '../../../auth/login-throttle.js';
import { hashRefreshToken, isRefreshToken } from '../../../auth/refresh-tokens.js';
import type { IssuedRefresh, Sessions } from '../../../auth/sessions.js';
import { appendAudited } from '../../../data-access/audited-event.js';
import {
  findRefreshToken,
  lockRefreshToken,
  revokeSession,
  type LockedToken,
} from '../../../data-access/refresh-tokens.js';
import { loadUserInfo } from '../../../data-access/users.js';
import { decideRefresh, type RefreshRefusalReason } from '../../../domain/decide-refresh.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { recordRefusedToken, recordUnknownToken } from './record-refused-token.js';

export interface RefreshPorts {
  readonly pool: Pool;
  readonly sessions: Sessions;
  readonly throttle: LoginThrottle;
  readonly clock: Clock;
  /** Lets this gateway look sessions up anew at once; others do within seconds. */
  readonly forget: () => void;
}

type RefreshCall = Call<typeof operations.refreshSession>;
type Outcome = { readonly pair: TokenPair } | { readonly refused: RefreshRefusalReason; readonly held: LockedToken };

const errorOf = {
  reused: 'TOKEN_REUSED',
  expired: 'TOKEN_EXPIRED',
  unknown: 'UNAUTHENTICATED',
  revoked: 'UNAUTHENTICATED',
  outdated: 'UNAUTHENTICATED',
  inactive: 'UNAUTHENTICATED',
} as const satisfies Record<RefreshRefusalReason, string>;

/**
 * Trades a refresh token for the next pair. What is refused is written down, and committed, before it is answered; of
 * somebody who has to wait only what ends a session is: one old token must not fill the trail.
 */
export function refreshRoute(ports: RefreshPorts): Route {
  return defineRoute(operations.refreshSession, async (call) => {
    const token = call.body.value.refresh_token;
    const found = isRefreshToken(token) ? await findRefreshToken(ports.pool, hashRefreshToken(token)) : undefined;
    const outcome = found === undefined ? undefined : await tradeToken(ports, call, found);
    if (outcome !== undefined && 'pair' in outcome) {
      return reply(200, 'SESSION_REFRESHED', 'You are still signed in.', outcome.pair);
    }
    const reason = outcome?.refused ?? 'unknown';
    if (reason === 'reused') ports.forget();
    const { waitSeconds } = await ports.throttle.refusedToken(call.address);
    if (waitSeconds > 0) throw new AppError('TOO_MANY_REQUESTS', { retryAfterSeconds: waitSeconds });
    await writeDown(ports, call, outcome);
    throw new AppError(errorOf[reason]);
  });
}

async function writeDown(
  { pool, clock }: RefreshPorts,
  call: RefreshCall,
  outcome: Extract<Outcome, { refused: unknown }> | undefined,
): Promise<void> {
  const now = clock.now();
  if (outcome === undefined) await recordUnknownToken(pool, call, now);
  // A token that came again is written down with the end of its session.
  else if (outcome.refused !== 'reused') {
    const { held, refused: reason } = outcome;
    await withOrganization(pool, held.organizationId, (client) =>
      recordRefusedToken(client, call, held, { reason, now }),
    );
  }
}

async function tradeToken(
  ports: RefreshPorts,
  call: RefreshCall,
  { id, organizationId }: { readonly id: string; readonly organizationId: string },
): Promise<Outcome | undefined> {
  const { pool, sessions, clock } = ports;
  const presented = call.body.value.refresh_token;
  return withOrganization(pool, organizationId, async (client) => {
    const held = await lockRefreshToken(client, id);
    if (held === undefined) return undefined;
    const now = clock.now();
    const verdict = decideRefresh(held, now);
    if (verdict.outcome === 'refuse') {
      return verdict.reason === 'reused' ? endReused(client, call, held, now) : { refused: verdict.reason, held };
    }
    const refresh =
      verdict.outcome === 'rotate'
        ? await sessions.rotate(client, presented, held, now)
        : sessions.repeat(presented, held);
    if (refresh === undefined) return endReused(client, call, held, now);
    return { pair: await givePair(client, call, held, { refresh, sessions, now }) };
  });
}

async function givePair(
  client: ClientBase,
  call: RefreshCall,
  { userId, organizationId, sessionId, generation }: LockedToken,
  { refresh, sessions, now }: { readonly refresh: IssuedRefresh; readonly sessions: Sessions; readonly now: Date },
): Promise<TokenPair> {
  const user = await loadUserInfo(client, userId);
  if (user === undefined) throw new AppError('UNAUTHENTICATED');
  const event = newEvent<'session.refreshed'>({
    type: 'session.refreshed',
    organizationId,
    subject: `users/${userId}`,
    actor: `user:${userId}`,
    correlationId: call.correlationId,
    payload: { user_id: userId, session_id: sessionId },
    occurredAt: now,
  });
  await appendAudited(client, event, auditContext(call));
  return sessions.tokenPair(user, generation, refresh, now);
}

/** A used token that comes again ends its session: thief and owner are told apart by nobody, and both have to sign in. */
async function endReused(client: ClientBase, call: RefreshCall, held: LockedToken, now: Date): Promise<Outcome> {
  await revokeSession(client, held.sessionId, now);
  await recordRefusedToken(client, call, held, { reason: 'reused', now });
  return { refused: 'reused', held };
}
