import { INSTALLATION_ID, operations, roleIdOf, roleOf, type TokenPair } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import type { LoginThrottle } from '../../../auth/login-throttle.js';
import type { Passwords } from '../../../auth/passwords.js';
import type { Sessions } from '../../../auth/sessions.js';
import { appendAudited } from '../../../data-access/audited-event.js';
import { findLogins, type LoginCandidate } from '../../../data-access/logins.js';
import { loadUserInfo } from '../../../data-access/users.js';
import { chooseLogin, type RefusalReason, type TriedAccount } from '../../../domain/choose-login.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export interface LoginPorts {
  readonly pool: Pool;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly throttle: LoginThrottle;
  readonly clock: Clock;
}

type LoginCall = Call<typeof operations.login>;
type Account = LoginCandidate & TriedAccount;

/** More accounts behind one address than this are not tried: each costs a quarter of a second of computing. */
const MAX_ACCOUNTS = 5;

export function loginRoute(ports: LoginPorts): Route {
  return defineRoute(operations.login, async (call) => {
    const email = call.body.value.email.trim().toLowerCase();
    await throttle(ports, call, email);
    const choice = chooseLogin(await tryAccounts(ports, email, call.body.value));
    if (choice.outcome === 'refused') {
      await recordRefusal(ports, call, choice.account, choice.reason);
      throw new AppError(choice.reason === 'organization_required' ? 'ORGANIZATION_REQUIRED' : 'INVALID_CREDENTIALS');
    }
    await ports.throttle.succeeded(email, call.address);
    return reply(200, 'LOGIN_SUCCEEDED', 'You are signed in.', await startSession(ports, call, choice.account));
  });
}

/** Of attempts that have to wait the first is written down: the others tell nothing new, and there may be many. */
async function throttle(ports: LoginPorts, call: LoginCall, email: string): Promise<void> {
  const { waitSeconds, isFirst } = await ports.throttle.attempt(email, call.address);
  if (waitSeconds === 0) return;
  if (isFirst) await recordRefusal(ports, call, null, 'throttled');
  throw new AppError('TOO_MANY_REQUESTS', { retryAfterSeconds: waitSeconds });
}

/** Always compares one password at least: an unknown address takes as long as a wrong password. */
async function tryAccounts(
  { pool, passwords }: LoginPorts,
  email: string,
  { password, organization }: LoginCall['body']['value'],
): Promise<Account[]> {
  const candidates = await findLogins(pool, email, organization ?? null);
  if (candidates.length === 0) await passwords.matches(password, null);
  return Promise.all(
    candidates.slice(0, MAX_ACCOUNTS).map(async (candidate) => ({
      ...candidate,
      hasPassword: candidate.passwordHash !== null,
      passwordMatches: await passwords.matches(password, candidate.passwordHash),
    })),
  );
}

async function startSession(
  { pool, sessions, clock }: LoginPorts,
  call: LoginCall,
  account: Account,
): Promise<TokenPair> {
  const { userId, organizationId, tokenGeneration: generation } = account;
  const now = clock.now();
  return withOrganization(pool, organizationId, async (client) => {
    const user = await loadUserInfo(client, userId);
    if (user === undefined) throw new AppError('INVALID_CREDENTIALS');
    const refresh = await sessions.begin(client, { userId, organizationId, generation }, now);
    const event = newEvent<'session.started'>({
      type: 'session.started',
      organizationId,
      subject: `users/${userId}`,
      actor: `user:${userId}`,
      correlationId: call.correlationId,
      payload: { user_id: userId, role_id: roleIdOf(roleOf(account.roleId)), session_id: refresh.sessionId },
      occurredAt: now,
    });
    await appendAudited(client, event, auditContext(call));
    return sessions.tokenPair(user, generation, refresh, now);
  });
}

/** A refusal belongs to the organization of the account; without one, to the installation. */
async function recordRefusal(
  { pool, clock }: LoginPorts,
  call: LoginCall,
  account: Account | null,
  reason: RefusalReason | 'throttled',
): Promise<void> {
  const organizationId = account?.organizationId ?? INSTALLATION_ID;
  const event = newEvent<'session.refused'>({
    type: 'session.refused',
    organizationId,
    subject: account === null ? 'sessions/unknown' : `users/${account.userId}`,
    actor: 'system:gateway',
    correlationId: call.correlationId,
    payload: { user_id: account?.userId ?? null, reason },
    occurredAt: clock.now(),
  });
  await withOrganization(pool, organizationId, (client) => appendAudited(client, event, auditContext(call)));
}
