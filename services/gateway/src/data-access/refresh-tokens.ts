import type { ClientBase, Pool } from '@rollcall/postgres';
import type { PresentedToken } from '../domain/decide-refresh.js';

export interface FoundToken {
  readonly id: string;
  readonly organizationId: string;
}

/** Whose a refresh token is, over all organizations. */
export async function findRefreshToken(pool: Pool, hash: Buffer): Promise<FoundToken | undefined> {
  const { rows } = await pool.query<{ refresh_token_id: string; organization_id: string }>({
    name: 'find-refresh-token',
    text: 'select refresh_token_id, organization_id from find_refresh_token($1)',
    values: [hash],
  });
  const [row] = rows;
  return row && { id: row.refresh_token_id, organizationId: row.organization_id };
}

export interface LockedToken extends PresentedToken {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly sessionEndsAt: Date;
  /** Hash and end of the token that was given for it. */
  readonly successor: { readonly hash: Buffer; readonly expiresAt: Date } | undefined;
}

interface TokenRow {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string;
  readonly family_id: string;
  readonly expires_at: Date;
  readonly used_at: Date | null;
  readonly revoked_at: Date | null;
  readonly token_generation: number;
  readonly session_ends_at: Date;
}

interface Surroundings {
  readonly is_active: boolean | null;
  readonly user_generation: number | null;
  readonly successor_hash: Buffer | null;
  readonly successor_expires_at: Date | null;
  readonly successor_used_at: Date | null;
}

/**
 * Holds the session of a refresh token until the end of the transaction: of two that present a token, or use and end
 * its session at once, the second sees what the first has done. The lock is on the session and not on a row: whoever
 * ends it must also meet the successor that is just being inserted. Everything is read after it, in statements of their own.
 */
export async function lockRefreshToken(client: ClientBase, id: string): Promise<LockedToken | undefined> {
  await client.query({
    name: 'lock-session',
    text: 'select pg_advisory_xact_lock(hashtextextended(family_id::text, 0)) from refresh_tokens where id = $1',
    values: [id],
  });
  const tokens = await client.query<TokenRow>({
    name: 'load-refresh-token',
    text: `select id, organization_id, user_id, family_id, expires_at, used_at, revoked_at, token_generation, session_ends_at
           from refresh_tokens where id = $1`,
    values: [id],
  });
  const [row] = tokens.rows;
  if (row === undefined) return undefined;
  const around = await client.query<Surroundings>({
    name: 'load-refresh-token-surroundings',
    text: `select u.is_active, u.token_generation as user_generation, n.token_hash as successor_hash,
             n.expires_at as successor_expires_at, n.used_at as successor_used_at
           from refresh_tokens as t
           left join users as u on u.id = t.user_id and not u.is_deleted
           left join refresh_tokens as n on n.id = t.replaced_by
           where t.id = $1`,
    values: [id],
  });
  return toLockedToken(row, around.rows[0]);
}

function toLockedToken(row: TokenRow, around: Surroundings | undefined): LockedToken {
  const { is_active: isActive = null, user_generation: tokenGeneration = null } = around ?? {};
  const { successor_hash: hash = null, successor_expires_at: expiresAt = null } = around ?? {};
  return {
    id: row.id,
    organizationId: row.organization_id,
    userId: row.user_id,
    sessionId: row.family_id,
    sessionEndsAt: row.session_ends_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    revokedAt: row.revoked_at,
    generation: row.token_generation,
    successorUsedAt: around?.successor_used_at ?? null,
    successor: hash === null || expiresAt === null ? undefined : { hash, expiresAt },
    user: isActive === null || tokenGeneration === null ? undefined : { isActive, tokenGeneration },
  };
}

export interface NewRefreshToken {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly hash: Buffer;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly sessionEndsAt: Date;
  readonly generation: number;
}

export async function insertRefreshToken(client: ClientBase, token: NewRefreshToken): Promise<void> {
  await client.query({
    name: 'insert-refresh-token',
    text: `insert into refresh_tokens (id, organization_id, user_id, family_id, token_hash, issued_at, expires_at, session_ends_at, token_generation)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      token.id,
      token.organizationId,
      token.userId,
      token.sessionId,
      token.hash,
      token.issuedAt,
      token.expiresAt,
      token.sessionEndsAt,
      token.generation,
    ],
  });
}

export async function markTokenUsed(
  client: ClientBase,
  { id, replacedBy, usedAt }: { readonly id: string; readonly replacedBy: string; readonly usedAt: Date },
): Promise<void> {
  await client.query({
    name: 'mark-refresh-token-used',
    text: 'update refresh_tokens set used_at = $3, replaced_by = $2 where id = $1',
    values: [id, replacedBy, usedAt],
  });
}

/** Ends a session: none of its refresh tokens is good any more, and its access tokens are refused. */
export async function revokeSession(client: ClientBase, sessionId: string, now: Date): Promise<void> {
  await client.query({
    name: 'revoke-session',
    text: 'update refresh_tokens set revoked_at = $2 where family_id = $1 and revoked_at is null',
    values: [sessionId, now],
  });
}

/** Ends every session of a person; raising `users.token_generation` with it is the caller's. */
export async function revokeSessionsOf(client: ClientBase, userId: string, now: Date): Promise<void> {
  await client.query({
    name: 'revoke-sessions-of',
    text: 'update refresh_tokens set revoked_at = $2 where user_id = $1 and revoked_at is null',
    values: [userId, now],
  });
}
