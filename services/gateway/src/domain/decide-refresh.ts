import type { refreshRefusalReasons } from '@rollcall/contracts';

export type RefreshRefusalReason = (typeof refreshRefusalReasons)[number];

/** A refresh token somebody presents, as it is stored, and the person it belongs to. */
export interface PresentedToken {
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly generation: number;
  /** When the token that was given for it was used itself; null: not yet, or there is none. */
  readonly successorUsedAt: Date | null;
  /** undefined: deleted. */
  readonly user: { readonly isActive: boolean; readonly tokenGeneration: number } | undefined;
}

export type RefreshVerdict =
  | { readonly outcome: 'rotate' }
  /** The same call again: its answer was lost, or two were on their way at once. It gets the same successor. */
  | { readonly outcome: 'repeat' }
  | { readonly outcome: 'refuse'; readonly reason: RefreshRefusalReason };

/** How long after its use a token may be presented again, ms: a retry at once, or a second window. */
export const REPEAT_GRACE_MS = 10_000;

/**
 * May this token be traded for a new pair? One that was used before is only taken as a repeat while nobody has used its
 * successor: after that somebody holds a token they should not have, and nobody can tell who.
 */
export function decideRefresh(token: PresentedToken, now: Date): RefreshVerdict {
  const { user, usedAt, successorUsedAt } = token;
  if (token.revokedAt !== null) return refuse('revoked');
  if (!user?.isActive) return refuse('inactive');
  if (user.tokenGeneration !== token.generation) return refuse('outdated');
  if (usedAt !== null) {
    const isRepeat = successorUsedAt === null && now.getTime() - usedAt.getTime() <= REPEAT_GRACE_MS;
    return isRepeat ? { outcome: 'repeat' } : refuse('reused');
  }
  return token.expiresAt <= now ? refuse('expired') : { outcome: 'rotate' };
}

function refuse(reason: RefreshRefusalReason): RefreshVerdict {
  return { outcome: 'refuse', reason };
}
