import type { TokenPair } from '@rollcall/contracts';
import { ApiClient } from '../api/api-client.js';
import { DEFAULT_URL, type CliConfig } from '../config.js';
import { keepSession } from './keep-session.js';
import { NotLoggedInError } from './not-logged-in.js';
import { loadSession, sessionFile, storeSession, toStoredSession, type StoredSession } from './session-store.js';

/** A client that acts as somebody, and the time zone in which that somebody's organization lives. */
export interface OpenSession {
  readonly client: ApiClient;
  readonly timeZone: string;
}

/**
 * Logs in with ROLLCALL_EMAIL and ROLLCALL_PASSWORD where they are set, otherwise takes the login that `rollcall login`
 * stored for this address, with new access tokens for as long as it is used.
 *
 * @throws NotLoggedInError, ApiError
 */
export async function openSession(config: CliConfig, now: () => Date, signal?: AbortSignal): Promise<OpenSession> {
  const stored = await loadSession(sessionFile(config.XDG_CONFIG_HOME));
  const url = config.ROLLCALL_URL ?? stored?.url ?? DEFAULT_URL;
  const client = new ApiClient({ baseUrl: url, signal });
  if (config.ROLLCALL_EMAIL !== undefined && config.ROLLCALL_PASSWORD !== undefined) {
    const [email, password] = [config.ROLLCALL_EMAIL, config.ROLLCALL_PASSWORD];
    return logInFromEnvironment(client, { email, password, organization: config.ROLLCALL_ORGANIZATION }, now);
  }
  return openStored(stored, client, { config, now });
}

async function logInFromEnvironment(
  client: ApiClient,
  given: { readonly email: string; readonly password: string; readonly organization: string | undefined },
  now: () => Date,
): Promise<OpenSession> {
  const { email, password, organization } = given;
  const pair = await client.login({ email, password, ...(organization === undefined ? {} : { organization }) });
  return sessionOf(client, pair, now);
}

async function openStored(
  stored: StoredSession | undefined,
  client: ApiClient,
  { config, now }: { readonly config: CliConfig; readonly now: () => Date },
): Promise<OpenSession> {
  if (stored?.url !== client.url) {
    throw new NotLoggedInError(
      `Not logged in at ${client.url}. Run \`npx rollcall login\`, or set ROLLCALL_EMAIL and ROLLCALL_PASSWORD.`,
    );
  }
  const file = sessionFile(config.XDG_CONFIG_HOME);
  const accessToken = keepSession(stored, {
    now,
    refresh: (token) => client.refresh(token),
    reload: () => loadSession(file),
    store: (session) => storeSession(file, session),
  });
  // Whoever has to log in again shall hear of it before anything else.
  await accessToken();
  const { timezone } = (await loadSession(file)) ?? stored;
  return { client: client.as(accessToken), timeZone: timezone };
}

/** A session that just began and is kept nowhere. */
export function sessionOf(client: ApiClient, pair: TokenPair, now: () => Date): OpenSession {
  const accessToken = keepSession(toStoredSession(client.url, pair.user.email ?? '', pair), {
    now,
    refresh: (token) => client.refresh(token),
    reload: () => Promise.resolve(undefined),
    store: () => Promise.resolve(),
  });
  return { client: client.as(accessToken), timeZone: pair.user.organization.timezone };
}
