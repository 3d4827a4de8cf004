import type { UserInfo } from '@rollcall/contracts';
import { ApiClient } from '../api/api-client.js';
import { DEFAULT_URL, type CliConfig } from '../config.js';
import { loadSession, sessionFile, type StoredSession } from './session-store.js';

/** Nobody is logged in; the message says how to. */
export class NotLoggedInError extends Error {
  override readonly name = 'NotLoggedInError';
}

/** A client that acts as somebody, and the time zone in which that somebody's organization lives. */
export interface OpenSession {
  readonly client: ApiClient;
  readonly timeZone: string;
}

/**
 * Logs in with ROLLCALL_EMAIL and ROLLCALL_PASSWORD where they are set, otherwise takes the login that `rollcall login`
 * stored for this address.
 *
 * @throws NotLoggedInError, ApiError
 */
export async function openSession(config: CliConfig, now: Date, signal?: AbortSignal): Promise<OpenSession> {
  const stored = await loadSession(sessionFile(config.XDG_CONFIG_HOME));
  const url = config.ROLLCALL_URL ?? stored?.url ?? DEFAULT_URL;
  if (config.ROLLCALL_EMAIL !== undefined && config.ROLLCALL_PASSWORD !== undefined) {
    return logInFromEnvironment(
      new ApiClient({ baseUrl: url, signal }),
      config.ROLLCALL_EMAIL,
      config.ROLLCALL_PASSWORD,
      config,
    );
  }
  return openStored(stored, new ApiClient({ baseUrl: url, signal }), now);
}

async function logInFromEnvironment(
  client: ApiClient,
  email: string,
  password: string,
  config: CliConfig,
): Promise<OpenSession> {
  const organization = config.ROLLCALL_ORGANIZATION;
  const tokens = await client.login({ email, password, ...(organization === undefined ? {} : { organization }) });
  return sessionOf(client, tokens.access_token, tokens.user);
}

function openStored(stored: StoredSession | undefined, client: ApiClient, now: Date): OpenSession {
  if (stored?.url !== client.url) {
    throw new NotLoggedInError(
      `Not logged in at ${client.url}. Run \`npx rollcall login\`, or set ROLLCALL_EMAIL and ROLLCALL_PASSWORD.`,
    );
  }
  if (Date.parse(stored.expires_at) <= now.getTime()) {
    throw new NotLoggedInError(`The login of ${stored.email} has run out. Run \`npx rollcall login\` again.`);
  }
  return { client: client.as(stored.access_token), timeZone: stored.timezone };
}

export function sessionOf(client: ApiClient, accessToken: string, user: UserInfo): OpenSession {
  return { client: client.as(accessToken), timeZone: user.organization.timezone };
}
