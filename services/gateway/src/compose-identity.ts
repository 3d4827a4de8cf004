import { withOrganization, type Pool } from '@rollcall/postgres';
import type { Clock, Logger } from '@rollcall/service-kit';
import { createAccessTokens } from './auth/access-tokens.js';
import { createAuthenticate } from './auth/authenticate.js';
import { createAuthenticateDevice, DEVICE_TTL_MS } from './auth/authenticate-device.js';
import { createAuthenticateUser, USER_STATE_TTL_MS } from './auth/authenticate-user.js';
import { createChangeThrottle, type ChangeThrottle } from './auth/change-throttle.js';
import { createDeviceKeyLookup } from './auth/device-key-lookup.js';
import { createKeyUsage } from './auth/key-usage.js';
import { createLoginThrottle, type LoginThrottle } from './auth/login-throttle.js';
import { createRefreshTokens } from './auth/refresh-tokens.js';
import { createSessions, type Sessions } from './auth/sessions.js';
import { createUnknownKeyThrottle } from './auth/unknown-key-throttle.js';
import type { GatewayConfig } from './config.js';
import { findDeviceByKey, noteKeysUsed } from './data-access/device-keys.js';
import { createRemembered } from './data-access/remembered.js';
import { countSignIn, forgiveSignIn } from './data-access/sign-in-attempts.js';
import { loadUserState, type UserState } from './data-access/users.js';
import type { Principal } from './http/call.js';

export interface IdentityParts {
  readonly config: GatewayConfig;
  readonly pool: Pool;
  /** Of the connections that frames have to themselves: each frame says who sends it. */
  readonly framePool: Pool;
  /** Of connections that nobody else waits for: anybody may make up device keys, and have them looked for. */
  readonly keyPool: Pool;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
  readonly cacheTtlMs: number | undefined;
}

export interface Identity {
  readonly secrets: { readonly secretKey: string; readonly previousSecretKey?: string };
  readonly authenticate: (authorization: string | undefined, address: string) => Promise<Principal>;
  readonly sessions: Sessions;
  readonly throttle: LoginThrottle;
  readonly changeThrottle: ChangeThrottle;
  /** People, sessions and devices are looked up anew. */
  forget(): void;
  start(): void;
  close(): Promise<void>;
}

/** When device keys were last used is written this often, ms. */
const KEY_USAGE_INTERVAL_MS = 60_000;
/** People remembered at most. */
const MOST_REMEMBERED = 10_000;

/** Who calls, and how somebody becomes a caller. */
export function composeIdentity(parts: IdentityParts): Identity {
  const { config, pool, framePool, keyPool, clock, logger, cacheTtlMs } = parts;
  const secrets = {
    secretKey: config.SECRET_KEY,
    ...(config.SECRET_KEY_PREVIOUS !== undefined && { previousSecretKey: config.SECRET_KEY_PREVIOUS }),
  };
  const tokens = createAccessTokens({ ...secrets, lifetimeSeconds: config.ACCESS_TOKEN_EXPIRE_MINUTES * 60 });
  const refreshTokens = createRefreshTokens({
    ...secrets,
    idleDays: config.REFRESH_TOKEN_EXPIRE_DAYS,
    sessionDays: config.SESSION_EXPIRE_DAYS,
  });
  const keyUsage = createKeyUsage({
    write: (uses) => noteKeysUsed(pool, uses),
    clock,
    intervalMs: KEY_USAGE_INTERVAL_MS,
    onError: (error) => logger.warn({ err: error }, 'when device keys were used could not be written'),
  });
  const states = createRemembered<UserState | undefined>({
    max: MOST_REMEMBERED,
    ttlMs: cacheTtlMs ?? USER_STATE_TTL_MS,
  });
  const devices = createDeviceKeyLookup({
    findKnown: (hash) => findDeviceByKey(framePool, hash),
    findUnknown: (hash) => findDeviceByKey(keyPool, hash),
    throttle: createUnknownKeyThrottle(clock),
    ttlMs: cacheTtlMs ?? DEVICE_TTL_MS,
  });

  const count: Parameters<typeof createLoginThrottle>[0]['count'] = (keys, window) => countSignIn(pool, keys, window);

  return {
    secrets,
    authenticate: createAuthenticate({
      user: createAuthenticateUser({
        tokens,
        states,
        clock,
        loadUserState: (organizationId, userId, sessionId) =>
          withOrganization(framePool, organizationId, (client) => loadUserState(client, userId, sessionId)),
      }),
      device: createAuthenticateDevice({
        devices,
        onUse: (apiKeyId) => keyUsage.note(apiKeyId),
        clock,
      }),
    }),
    sessions: createSessions(tokens, refreshTokens),
    throttle: createLoginThrottle({
      count,
      forgive: (keys) => forgiveSignIn(pool, keys),
      clock,
      secretKey: config.SECRET_KEY,
    }),
    changeThrottle: createChangeThrottle({ count, clock, secretKey: config.SECRET_KEY }),
    forget() {
      states.forget();
      devices.forget();
    },
    start: () => keyUsage.start(),
    close: () => keyUsage.close(),
  };
}
