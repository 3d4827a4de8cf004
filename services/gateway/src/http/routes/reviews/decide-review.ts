import { createHash } from 'node:crypto';
import type { ReviewOut } from '@rollcall/contracts';
import { withOrganization, type ClientBase, type Pool } from '@rollcall/postgres';
import { AppError, isAppError, type Clock } from '@rollcall/service-kit';
import { claimIdempotencyKey, type IdempotencyClaim } from '../../../data-access/idempotency-keys.js';
import { loadReview } from '../../../data-access/reviews.js';
import type { Call, UserPrincipal } from '../../call.js';
import { readIdempotencyKey } from '../../reading/read-idempotency-key.js';
import { refusal, type RefusalReply } from '../../reply.js';

export interface DecisionPorts {
  readonly pool: Pool;
  readonly clock: Clock;
}

export type DecisionCall = Pick<Call, 'requestId' | 'correlationId' | 'address' | 'headers'> & {
  readonly principal: UserPrincipal;
};

/** What an idempotency key of a decision stands for; undefined without a key. */
export function claimOf(
  call: DecisionCall,
  route: string,
  about: string,
  body: unknown,
): Omit<IdempotencyClaim, 'resultId'> | undefined {
  const key = readIdempotencyKey(call.headers['idempotency-key']);
  if (key === null) return undefined;
  const { organizationId, actor: principal } = call.principal;
  const bodyHash = createHash('sha256')
    .update(JSON.stringify([about, body]))
    .digest();
  return { organizationId, principal, route, key, bodyHash };
}

export interface ReviewDecision {
  readonly route: string;
  readonly reviewId: string;
  readonly body: unknown;
  /** Ends the review, with its event; throws REVIEW_DECIDED when somebody was first. */
  readonly decide: (client: ClientBase) => Promise<void>;
}

export interface DecidedReview {
  readonly review: ReviewOut;
  readonly replayed: boolean;
}

/** Decides on a review in one transaction, once an idempotency key; a repeated call is told how it stands. */
export function decideReview(pool: Pool, call: DecisionCall, decision: ReviewDecision): Promise<DecidedReview> {
  const { route, reviewId, body, decide } = decision;
  return withOrganization(pool, call.principal.organizationId, async (client) => {
    const claim = claimOf(call, route, reviewId, body);
    const claimed = claim && (await claimIdempotencyKey(client, { ...claim, resultId: reviewId }));
    if (claimed?.outcome === 'conflict') throw new AppError('IDEMPOTENCY_KEY_REUSED');
    const replayed = claimed?.outcome === 'replayed';
    if (!replayed) await decide(client);
    const review = await loadReview(client, reviewId);
    if (review === undefined) throw new AppError('NOT_FOUND');
    return { review, replayed };
  });
}

/** Answers a decision that came too late with the review as it stands; anything else is thrown on. */
export async function answerDecided(pool: Pool, call: DecisionCall, reviewId: string, error: unknown) {
  if (!isAppError(error, 'REVIEW_DECIDED')) throw error;
  const review = await withOrganization(pool, call.principal.organizationId, (client) => loadReview(client, reviewId));
  if (review === undefined) throw new AppError('NOT_FOUND');
  const refused: RefusalReply = refusal(error, review);
  return refused;
}

export function replayHeader(replayed: boolean): { readonly 'Idempotency-Replayed'?: string } {
  return replayed ? { 'Idempotency-Replayed': 'true' } : {};
}
