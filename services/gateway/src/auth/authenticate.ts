import { AppError } from '@rollcall/service-kit';
import type { DevicePrincipal, Principal, UserPrincipal } from '../http/call.js';
import { isDeviceKey } from './device-keys.js';

export interface AuthenticateOptions {
  readonly user: (token: string) => Promise<UserPrincipal>;
  readonly device: (key: string, address: string) => Promise<DevicePrincipal>;
}

/** The credentials of RFC 6750: people send an access token, devices their key, both as a bearer. */
const BEARER = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i;

/** Finds out who calls. @throws UNAUTHENTICATED, TOKEN_EXPIRED; for made-up device keys TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE */
export function createAuthenticate(
  options: AuthenticateOptions,
): (authorization: string | undefined, address: string) => Promise<Principal> {
  return async (authorization, address) => {
    const credentials = BEARER.exec(authorization ?? '')?.[1];
    if (credentials === undefined) throw new AppError('UNAUTHENTICATED');
    return isDeviceKey(credentials) ? options.device(credentials, address) : options.user(credentials);
  };
}
