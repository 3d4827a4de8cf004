import { roleOf } from '@rollcall/contracts';
import { AppError, type Clock } from '@rollcall/service-kit';
import type { Remembered } from '../data-access/remembered.js';
import type { UserState } from '../data-access/users.js';
import type { UserPrincipal } from '../http/call.js';
import type { AccessTokens } from './access-tokens.js';

/** How long a gateway that was not told of it may still take the token of a person who was locked out, ms. */
export const USER_STATE_TTL_MS = 3_000;

export interface AuthenticateUserOptions {
  readonly tokens: AccessTokens;
  /** @param sessionId the session of the token, when it has one. */
  readonly loadUserState: (
    organizationId: string,
    userId: string,
    sessionId: string | null,
  ) => Promise<UserState | undefined>;
  /** What was looked up lately; told to forget when accounts change. */
  readonly states: Remembered<UserState | undefined>;
  readonly clock: Clock;
}

/**
 * Who an access token belongs to. The role is the person's present one, and token and session must not have been ended;
 * that is looked up at most once in three seconds a session, and again once accounts have changed.
 */
export function createAuthenticateUser(options: AuthenticateUserOptions): (token: string) => Promise<UserPrincipal> {
  const { tokens, states, clock } = options;

  return async (token) => {
    const { userId, organizationId, generation, sessionId = null } = tokens.verify(token, clock.now());
    const key = `${organizationId}/${userId}/${sessionId ?? ''}`;
    const state = await states.of(key, () => options.loadUserState(organizationId, userId, sessionId));
    if (state === undefined || !state.isActive || state.sessionEnded || state.tokenGeneration !== generation) {
      throw new AppError('UNAUTHENTICATED');
    }
    return { kind: 'user', userId, organizationId, role: roleOf(state.roleId), actor: `user:${userId}` };
  };
}
