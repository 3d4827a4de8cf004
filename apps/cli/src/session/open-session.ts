import type { UserInfo } from '@rollcall/contracts';
import { ApiClient } from '../api/api-client.js';
import { ApiError } from '../api/api-error.js';
import { DEFAULT_URL, type CliConfig } from '../config.js';
import { loadSession, sessionFile, storeSession, toStoredSession, type StoredSession } from './session-store.js';

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
 * stored for this address, with a new access token when it needs one.
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
  return openStored(stored, new ApiClient({ baseUrl: url, signal }), { config, now });
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

/** Seconds before its end from which an access token is not begun with any more. */
const MARGIN_SECONDS = 60;

async function openStored(
  stored: StoredSession | undefined,
  client: ApiClient,
  { config, now }: { readonly config: CliConfig; readonly now: Date },
): Promise<OpenSession> {
  if (stored?.url !== client.url) {
    throw new NotLoggedInError(
      `Not logged in at ${client.url}. Run \`npx rollcall login\`, or set ROLLCALL_EMAIL and ROLLCALL_PASSWORD.`,
    );
  }
  const isGood = Date.parse(stored.expires_at) > now.getTime() + MARGIN_SECONDS * 1_000;
  const current = isGood ? stored : await refreshStored(stored, client, config);
  return { client: client.as(current.access_token), timeZone: current.timezone };
}

/** Gets the next token pair and keeps it. Two commands at once get the same one. */
async function refreshStored(stored: StoredSession, client: ApiClient, config: CliConfig): Promise<StoredSession> {
  const { url, email, refresh_token } = stored;
  const over = `The login of ${email} has run out. Run \`npx rollcall login\` again.`;
  if (refresh_token === undefined) throw new NotLoggedInError(over);
  const pair = await client.refresh(refresh_token).catch((error: unknown) => {
    const isOver = error instanceof ApiError && error.status === 401;
    throw isOver ? new NotLoggedInError(over, { cause: error }) : error;
  });
  const next = toStoredSession(url, email, pair);
  await storeSession(sessionFile(config.XDG_CONFIG_HOME), next);
  return next;
}

export function sessionOf(client: ApiClient, accessToken: string, user: UserInfo): OpenSession {
  return { client: client.as(accessToken), timeZone: user.organization.timezone };
}
