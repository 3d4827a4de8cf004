import { roleOf } from '@rollcall/contracts';
import { AppError, type Clock } from '@rollcall/service-kit';
import type { Remembered } from '../data-access/remembered.js';
import type { UserState } from '../data-access/users.js';
import type { Principal } from '../http/call.js';
import type { AccessTokens } from './access-tokens.js';

/** How long a gateway that was not told of it may still take the token of a person who was locked out, ms. */
export const USER_STATE_TTL_MS = 3_000;

export interface AuthenticateOptions {
  readonly tokens: AccessTokens;
  readonly loadUserState: (organizationId: string, userId: string) => Promise<UserState | undefined>;
  /** What was looked up lately; told to forget when accounts change. */
  readonly states: Remembered<UserState | undefined>;
  readonly clock: Clock;
}

/**
 * Finds out who calls, by the bearer token. The role is the person's present one, and the token must be of their present
 * generation; that is looked up at most once in three seconds a person, and again once accounts have changed.
 */
export function createAuthenticate(
  options: AuthenticateOptions,
): (authorization: string | undefined) => Promise<Principal> {
  const { tokens, states, clock } = options;

  return async (authorization) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new AppError('UNAUTHENTICATED');
    const { userId, organizationId, generation } = tokens.verify(token, clock.now());
    const state = await states.of(`${organizationId}/${userId}`, () => options.loadUserState(organizationId, userId));
    if (state === undefined || !state.isActive || state.tokenGeneration !== generation) {
      throw new AppError('UNAUTHENTICATED');
    }
    return { userId, organizationId, role: roleOf(state.roleId), actor: `user:${userId}` };
  };
}
