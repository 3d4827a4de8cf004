import { operations, type TokenPair } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import type { ChangeThrottle } from '../../../auth/change-throttle.js';
import type { LoginThrottle } from '../../../auth/login-throttle.js';
import { isTooLongForBcrypt, MAX_PASSWORD_BYTES, type Passwords } from '../../../auth/passwords.js';
import type { Sessions } from '../../../auth/sessions.js';
import { appendAudited } from '../../../data-access/audited-event.js';
import { loadPasswordHash, replacePassword } from '../../../data-access/own-passwords.js';
import { revokeSessionsOf } from '../../../data-access/refresh-tokens.js';
import { loadUserInfo } from '../../../data-access/users.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export interface ChangePasswordPorts {
  readonly pool: Pool;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly throttle: LoginThrottle;
  readonly changeThrottle: ChangeThrottle;
  readonly clock: Clock;
  /** Lets this gateway look sessions up anew at once; others do within seconds. */
  readonly forget: () => void;
}

type ChangeCall = Call<typeof operations.changePassword>;

/** Who holds a token still has to know the password; guessing it here is throttled like guessing it at the sign-in. */
export function changePasswordRoute(ports: ChangePasswordPorts): Route {
  return defineRoute(operations.changePassword, async (call) => {
    checkNewPassword(call.body.value);
    const { userId, organizationId } = call.principal;
    const wait = await ports.changeThrottle.attempt(userId);
    if (wait > 0) throw new AppError('TOO_MANY_REQUESTS', { retryAfterSeconds: wait });
    const account = `password of ${userId}`;
    const { waitSeconds, isFirst } = await ports.throttle.attempt(account, call.address);
    if (waitSeconds > 0) {
      // Of attempts that have to wait the first is written down, as at the sign-in.
      if (isFirst) await recordRefusal(ports, call);
      throw new AppError('TOO_MANY_REQUESTS', { retryAfterSeconds: waitSeconds });
    }
    const hash = await withOrganization(ports.pool, organizationId, (client) => loadPasswordHash(client, userId));
    const matches = await ports.passwords.matches(call.body.value.current_password, hash, { caller: userId });
    if (!matches || hash === null) {
      await recordRefusal(ports, call);
      // Not 401: the token is good, and a client that refreshed it and tried again would guess twice.
      throw new AppError('WRONG_PASSWORD', {
        errors: [{ path: '/current_password', code: 'WRONG', message: 'is wrong' }],
      });
    }
    await ports.throttle.succeeded(account, call.address);
    const pair = await storePassword(ports, call, hash);
    ports.forget();
    return reply(200, 'PASSWORD_CHANGED', 'Your password was changed.', pair);
  });
}

function checkNewPassword({ current_password, new_password }: ChangeCall['body']['value']): void {
  const refuse = (code: string, message: string) =>
    new AppError('VALIDATION_FAILED', { errors: [{ path: '/new_password', code, message }] });
  if (isTooLongForBcrypt(new_password)) {
    throw refuse('TOO_LONG', `must not have more than ${String(MAX_PASSWORD_BYTES)} bytes`);
  }
  if (new_password === current_password) throw refuse('NOT_ALLOWED', 'must be another than the current one');
}

async function storePassword(ports: ChangePasswordPorts, call: ChangeCall, from: string): Promise<TokenPair> {
  const { pool, passwords, sessions, clock } = ports;
  const { userId, organizationId, actor } = call.principal;
  const to = await passwords.hash(call.body.value.new_password, { caller: userId });
  const now = clock.now();
  return withOrganization(pool, organizationId, async (client) => {
    const generation = await replacePassword(client, { userId, from, to, now });
    if (generation === undefined) throw new AppError('CONFLICT', { message: 'The password was changed meanwhile.' });
    await revokeSessionsOf(client, userId, now);
    const refresh = await sessions.begin(client, { userId, organizationId, generation }, now);
    const user = await loadUserInfo(client, userId);
    if (user === undefined) throw new AppError('UNAUTHENTICATED');
    const event = newEvent<'password.changed'>({
      type: 'password.changed',
      organizationId,
      subject: `users/${userId}`,
      actor,
      correlationId: call.correlationId,
      payload: { user_id: userId },
      occurredAt: now,
    });
    await appendAudited(client, event, auditContext(call));
    return sessions.tokenPair(user, generation, refresh, now);
  });
}

async function recordRefusal({ pool, clock }: ChangePasswordPorts, call: ChangeCall): Promise<void> {
  const { userId, organizationId, actor } = call.principal;
  const event = newEvent<'password.change_refused'>({
    type: 'password.change_refused',
    organizationId,
    subject: `users/${userId}`,
    actor,
    correlationId: call.correlationId,
    payload: { user_id: userId },
    occurredAt: clock.now(),
  });
  await withOrganization(pool, organizationId, (client) => appendAudited(client, event, auditContext(call)));
}
