import { INSTALLATION_ID } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type ClientBase, type Pool } from '@rollcall/postgres';
import { appendAudited } from '../../../data-access/audited-event.js';
import type { LockedToken } from '../../../data-access/refresh-tokens.js';
import type { RefreshRefusalReason } from '../../../domain/decide-refresh.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';

type TokenCall = Pick<Call, 'requestId' | 'correlationId' | 'address' | 'headers'>;

export interface RefusedToken {
  readonly reason: RefreshRefusalReason;
  readonly now: Date;
}

/** Writes down that a refresh token was refused, in the transaction that looked at it. */
export async function recordRefusedToken(
  client: ClientBase,
  call: TokenCall,
  { userId, organizationId, sessionId }: LockedToken,
  { reason, now }: RefusedToken,
): Promise<void> {
  const event = newEvent<'session.refresh_refused'>({
    type: 'session.refresh_refused',
    organizationId,
    subject: `users/${userId}`,
    actor: 'system:gateway',
    correlationId: call.correlationId,
    payload: { user_id: userId, session_id: sessionId, reason },
    occurredAt: now,
  });
  await appendAudited(client, event, auditContext(call));
}

/** The same for a token nobody knows: it belongs to no organization, and so to the installation. */
export async function recordUnknownToken(pool: Pool, call: TokenCall, now: Date): Promise<void> {
  const event = newEvent<'session.refresh_refused'>({
    type: 'session.refresh_refused',
    organizationId: INSTALLATION_ID,
    subject: 'sessions/unknown',
    actor: 'system:gateway',
    correlationId: call.correlationId,
    payload: { user_id: null, session_id: null, reason: 'unknown' },
    occurredAt: now,
  });
  await withOrganization(pool, INSTALLATION_ID, (client) => appendAudited(client, event, auditContext(call)));
}
