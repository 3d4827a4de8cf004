import { operations } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import type { LoginThrottle } from '../../../auth/login-throttle.js';
import { hashRefreshToken, isRefreshToken } from '../../../auth/refresh-tokens.js';
import { appendAudited } from '../../../data-access/audited-event.js';
import { raiseTokenGeneration } from '../../../data-access/own-passwords.js';
import {
  findRefreshToken,
  lockRefreshToken,
  revokeSession,
  revokeSessionsOf,
  type FoundToken,
  type LockedToken,
} from '../../../data-access/refresh-tokens.js';
import type { RefreshRefusalReason } from '../../../domain/decide-refresh.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { recordRefusedToken, recordUnknownToken } from './record-refused-token.js';

export interface LogoutPorts {
  readonly pool: Pool;
  readonly throttle: LoginThrottle;
  readonly clock: Clock;
  /** Lets this gateway look sessions up anew at once; others do within seconds. */
  readonly forget: () => void;
}

type LogoutCall = Call<typeof operations.logout>;
type Ending = 'ended' | { readonly over: RefreshRefusalReason; readonly held: LockedToken } | undefined;

/**
 * Ends a session by any of its refresh tokens, also a used or expired one. Without a session there is nothing to end, and
 * that is no error; but who tries tokens is counted and stands in the trail.
 */
export function logoutRoute(ports: LogoutPorts): Route {
  return defineRoute(operations.logout, async (call) => {
    const token = call.body.value.refresh_token;
    const found = isRefreshToken(token) ? await findRefreshToken(ports.pool, hashRefreshToken(token)) : undefined;
    const ending = found && (await endSession(ports, call, found));
    const ended = ending === 'ended';
    if (ended) ports.forget();
    else {
      await countRefusal(ports, call);
      await writeDown(ports, call, ending);
    }
    const message = ended ? 'You are signed out.' : 'There is no such session (any more).';
    return reply(200, 'LOGGED_OUT', message, { signed_out: ended });
  });
}

async function countRefusal({ throttle }: LogoutPorts, call: LogoutCall): Promise<void> {
  const { waitSeconds } = await throttle.refusedToken(call.address);
  if (waitSeconds > 0) throw new AppError('TOO_MANY_REQUESTS', { retryAfterSeconds: waitSeconds });
}

/** After the count: one token that is over must not fill the trail. */
async function writeDown(
  { pool, clock }: LogoutPorts,
  call: LogoutCall,
  ending: Exclude<Ending, 'ended'>,
): Promise<void> {
  const now = clock.now();
  if (ending === undefined) return recordUnknownToken(pool, call, now);
  const { held, over: reason } = ending;
  await withOrganization(pool, held.organizationId, (client) =>
    recordRefusedToken(client, call, held, { reason, now }),
  );
}

async function endSession({ pool, clock }: LogoutPorts, call: LogoutCall, found: FoundToken): Promise<Ending> {
  const { organizationId } = found;
  const everywhere = call.body.value.everywhere === true;
  return withOrganization(pool, organizationId, async (client) => {
    const held = await lockRefreshToken(client, found.id);
    if (held === undefined) return undefined;
    const { userId, sessionId } = held;
    const now = clock.now();
    const over = whyOver(held);
    if (over !== undefined) return { over, held };
    if (everywhere) {
      await revokeSessionsOf(client, userId, now);
      await raiseTokenGeneration(client, userId);
    } else {
      await revokeSession(client, sessionId, now);
    }
    const event = newEvent<'session.ended'>({
      type: 'session.ended',
      organizationId,
      subject: `users/${userId}`,
      actor: `user:${userId}`,
      correlationId: call.correlationId,
      payload: { user_id: userId, session_id: sessionId, everywhere },
      occurredAt: now,
    });
    await appendAudited(client, event, auditContext(call));
    return 'ended';
  });
}

/** Ended by signing out, with its person or by a new password. One that only was not used for long can still be ended. */
function whyOver({ revokedAt, user, generation }: LockedToken): RefreshRefusalReason | undefined {
  if (revokedAt !== null) return 'revoked';
  if (user === undefined) return 'inactive';
  return user.tokenGeneration === generation ? undefined : 'outdated';
}
