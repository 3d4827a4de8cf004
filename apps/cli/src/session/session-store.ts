import type { TokenPair } from '@rollcall/contracts';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** A login that is kept: for one address, until nobody has used it for too long. */
export interface StoredSession {
  readonly url: string;
  readonly email: string;
  readonly access_token: string;
  /** When the access token runs out, RFC 3339. */
  readonly expires_at: string;
  /** Gives the next access token; a login that was kept by an older version has none. */
  readonly refresh_token?: string;
  /** Of the organization: times are shown in it. */
  readonly timezone: string;
}

/** What is kept of a token pair. */
export function toStoredSession(url: string, email: string, pair: TokenPair): StoredSession {
  const { access_token, expires_at, refresh_token, user } = pair;
  return { url, email, access_token, expires_at, refresh_token, timezone: user.organization.timezone };
}

/** Where the login is kept. */
export function sessionFile(configHome: string | undefined): string {
  return join(configHome ?? join(homedir(), '.config'), 'rollcall', 'session.json');
}

/** Keeps a login in a file that nobody else can read, at any moment of the writing. */
export async function storeSession(file: string, session: StoredSession): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(session, null, 2)}\n`, { mode: 0o600, flag: 'w' });
  await chmod(temporary, 0o600);
  await rename(temporary, file);
}

/** The kept login, or undefined when there is none (or none that can be understood). */
export async function loadSession(file: string): Promise<StoredSession | undefined> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as Partial<StoredSession>;
    const { url, email, access_token, expires_at, timezone } = value;
    const parts = [url, email, access_token, expires_at, timezone];
    return parts.every((part) => typeof part === 'string') ? (value as StoredSession) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function forgetSession(file: string): Promise<void> {
  await rm(file, { force: true });
}
