import { INSTALLATION_ID, operations, roleIdOf, roleOf, type TokenPair } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import type { LoginThrottle } from '../../../auth/login-throttle.js';
import type { Passwords } from '../../../auth/passwords.js';
import type { Sessions } from '../../../auth/sessions.js';
import { appendAudited } from '../../../data-access/audited-event.js';
import { findLogin, type LoginAccount, type LoginTarget } from '../../../data-access/logins.js';
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
type Account = LoginAccount & TriedAccount;

/**
 * With several organizations each sign-in has to name one. Were an address looked for in all of them, the time for the
 * passwords to compare, or the answer, would tell how many know it.
 */
export function loginRoute(ports: LoginPorts): Route {
  return defineRoute(operations.login, async (call) => {
    const { email: given, organization: slug = null } = call.body.value;
    const email = given.trim().toLowerCase();
    const target = await findLogin(ports.pool, email, slug);
    await throttle(ports, call, email, target);
    if (target === undefined && slug === null) {
      await recordRefusal(ports, call, undefined, 'organization_required');
      throw new AppError('ORGANIZATION_REQUIRED');
    }
    const choice = chooseLogin(await tryPassword(ports, call.body.value.password, target?.account ?? null));
    if (choice.outcome === 'refused') {
      await recordRefusal(ports, call, target, choice.reason);
      throw new AppError('INVALID_CREDENTIALS');
    }
    await ports.throttle.succeeded(email, call.address);
    return reply(200, 'LOGIN_SUCCEEDED', 'You are signed in.', await startSession(ports, call, choice.account));
  });
}

/** Of attempts that have to wait the first is written down: the others tell nothing new, and there may be many. */
async function throttle(
  ports: LoginPorts,
  call: LoginCall,
  email: string,
  target: LoginTarget | undefined,
): Promise<void> {
  const { waitSeconds, isFirst } = await ports.throttle.attempt(email, call.address);
  if (waitSeconds === 0) return;
  if (isFirst) await recordRefusal(ports, call, target, 'throttled');
  throw new AppError('TOO_MANY_REQUESTS', { retryAfterSeconds: waitSeconds });
}

/** Compares one password, also for nobody: an unknown address takes as long as a wrong password. */
async function tryPassword(
  { passwords }: LoginPorts,
  password: string,
  account: LoginAccount | null,
): Promise<Account | null> {
  const hash = account?.passwordHash ?? null;
  const passwordMatches = await passwords.matches(password, hash, 'entry');
  return account && { ...account, hasPassword: hash !== null, passwordMatches };
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

/** A refusal belongs to the organization it was for; one that was for none, to the installation. */
async function recordRefusal(
  { pool, clock }: LoginPorts,
  call: LoginCall,
  target: LoginTarget | undefined,
  reason: RefusalReason | 'organization_required' | 'throttled',
): Promise<void> {
  const organizationId = target?.organizationId ?? INSTALLATION_ID;
  const userId = target?.account?.userId ?? null;
  const event = newEvent<'session.refused'>({
    type: 'session.refused',
    organizationId,
    subject: userId === null ? 'sessions/unknown' : `users/${userId}`,
    actor: 'system:gateway',
    correlationId: call.correlationId,
    payload: { user_id: userId, reason },
    occurredAt: clock.now(),
  });
  await withOrganization(pool, organizationId, (client) => appendAudited(client, event, auditContext(call)));
}
