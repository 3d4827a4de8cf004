import type { TokenPair } from '@rollcall/contracts';
import { ApiError } from '../api/api-error.js';
import { NotLoggedInError } from './not-logged-in.js';
import { toStoredSession, type StoredSession } from './session-store.js';

export interface KeepPorts {
  readonly now: () => Date;
  readonly refresh: (refreshToken: string) => Promise<TokenPair>;
  /** What is kept now: another command may have refreshed it meanwhile. */
  readonly reload: () => Promise<StoredSession | undefined>;
  readonly store: (session: StoredSession) => Promise<void>;
}

/** Seconds before its end from which an access token is not begun with any more. */
const MARGIN_SECONDS = 60;

/**
 * Gives an access token that is good, for as long as the session lasts. A refresh token is good once, so what is kept is
 * read again before one is used: a command that follows the feed for hours is not the only one.
 *
 * @throws NotLoggedInError (when asked), ApiError
 */
export function keepSession(first: StoredSession, ports: KeepPorts): () => Promise<string> {
  let current = first;
  let refreshing: Promise<StoredSession> | undefined;
  const isGood = ({ expires_at }: StoredSession): boolean =>
    Date.parse(expires_at) > ports.now().getTime() + MARGIN_SECONDS * 1_000;

  async function next(): Promise<StoredSession> {
    const kept = await ports.reload();
    const latest = kept?.url === current.url && kept.email === current.email ? kept : current;
    if (isGood(latest)) return latest;
    const renewed = await renew(latest, ports.refresh);
    await ports.store(renewed);
    return renewed;
  }

  return async () => {
    if (isGood(current)) return current.access_token;
    refreshing ??= next().finally(() => (refreshing = undefined));
    current = await refreshing;
    return current.access_token;
  };
}

async function renew(session: StoredSession, refresh: KeepPorts['refresh']): Promise<StoredSession> {
  const { url, email, refresh_token } = session;
  const over = `The login of ${email} has run out. Run \`npx rollcall login\` again.`;
  if (refresh_token === undefined) throw new NotLoggedInError(over);
  try {
    return toStoredSession(url, email, await refresh(refresh_token));
  } catch (error) {
    throw error instanceof ApiError && error.status === 401 ? new NotLoggedInError(over, { cause: error }) : error;
  }
}
