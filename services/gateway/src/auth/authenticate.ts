import { roleOf } from '@rollcall/contracts';
import { AppError, type Clock } from '@rollcall/service-kit';
import { LRUCache } from 'lru-cache';
import type { UserState } from '../data-access/users.js';
import type { Principal } from '../http/call.js';
import type { AccessTokens } from './access-tokens.js';

/** How long a token may still be taken after its person was locked out, ms. */
export const USER_STATE_TTL_MS = 3_000;

export interface AuthenticateOptions {
  readonly tokens: AccessTokens;
  readonly loadUserState: (organizationId: string, userId: string) => Promise<UserState | undefined>;
  readonly clock: Clock;
  readonly ttlMs?: number;
}

/**
 * Finds out who calls, by the bearer token. The role is the person's present one, and the token must be of their present
 * generation; that is looked up at most once in three seconds a person.
 */
export function createAuthenticate(
  options: AuthenticateOptions,
): (authorization: string | undefined) => Promise<Principal> {
  const { tokens, clock } = options;
  const states = new LRUCache<string, { state: UserState | undefined }>({
    max: 10_000,
    ttl: options.ttlMs ?? USER_STATE_TTL_MS,
  });

  async function stateOf(organizationId: string, userId: string): Promise<UserState | undefined> {
    const key = `${organizationId}/${userId}`;
    const known = states.get(key);
    if (known !== undefined) return known.state;
    const state = await options.loadUserState(organizationId, userId);
    states.set(key, { state });
    return state;
  }

  return async (authorization) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new AppError('UNAUTHENTICATED');
    const { userId, organizationId, generation } = tokens.verify(token, clock.now());
    const state = await stateOf(organizationId, userId);
    if (state === undefined || !state.isActive || state.tokenGeneration !== generation) {
      throw new AppError('UNAUTHENTICATED');
    }
    return { userId, organizationId, role: roleOf(state.roleId), actor: `user:${userId}` };
  };
}
