import type { FaceLiveness, FaceQuality } from './analysis.js';
import { livenessVerdict } from './liveness-verdict.js';
import type { QualityLimits, RecognitionPolicy } from './policy.js';

/** One stored face near the probe; several of one person are usual. Any order. */
export interface MatchCandidate {
  readonly userId: string;
  readonly faceId: string;
  /** Cosine similarity, −1..1. */
  readonly similarity: number;
}

/**
 * `match`: this person, a sighting may be recorded. `review`: a person must look. `unknown`: nobody enrolled.
 * `rejected`: the face itself is not fit for a decision.
 */
export type MatchOutcome = 'match' | 'review' | 'unknown' | 'rejected';

export type MatchReason =
  | 'FACE_TOO_SMALL'
  | 'BLURRED'
  | 'POSE_TOO_STEEP'
  | 'LIVENESS_FAILED'
  | 'BELOW_MATCH_THRESHOLD'
  | 'MARGIN_TOO_SMALL'
  | 'NO_CANDIDATE'
  /** Who it would have been offered as, an operator said a face like it is not. */
  | 'REJECTED_BEFORE'
  | 'BELOW_REVIEW_THRESHOLD';

export interface MatchDecision {
  readonly decision: MatchOutcome;
  /** The best candidate's person and face: with `match` and `review` only. */
  readonly userId?: string;
  readonly faceId?: string;
  /** The best similarity, whoever it belongs to, whenever there was a candidate. */
  readonly similarity?: number;
  /** Best minus best of another person; absent when there is no other person. */
  readonly margin?: number;
  /** The best other person. */
  readonly runnerUp?: MatchCandidate;
  /** Absent with `match`. */
  readonly reason?: MatchReason;
}

export interface MatchQuestion {
  readonly candidates: readonly MatchCandidate[];
  /**
   * People an operator said a face like this one is not, with the probe's similarity to the most similar of those faces.
   * Whoever resembles such a face more than any enrolled face of the person is not taken for the person.
   */
  readonly rejected?: ReadonlyMap<string, number>;
  readonly quality: FaceQuality;
  readonly liveness: FaceLiveness;
  readonly policy: RecognitionPolicy;
}

/**
 * Who is it? Pure: the same question has the same answer, and the candidates' order does not matter
 * (equal similarities are settled by face id).
 */
export function decideMatch(question: MatchQuestion): MatchDecision {
  const { candidates, quality, liveness, policy } = question;
  const unfit = unfitReason(quality, policy.quality);
  if (unfit !== undefined) return { decision: 'rejected', reason: unfit };
  const spoof = isSpoof(liveness, policy);
  if (spoof && policy.liveness === 'enforce') {
    return { decision: 'rejected', reason: 'LIVENESS_FAILED' };
  }
  const ranked = withoutRejected(candidates, question.rejected, policy.matchThreshold).toSorted(bySimilarity);
  const wasRejected = ranked.length < candidates.length;
  const best = ranked[0];
  if (best === undefined) return { decision: 'unknown', reason: wasRejected ? 'REJECTED_BEFORE' : 'NO_CANDIDATE' };
  const runnerUp = ranked.find(({ userId }) => userId !== best.userId);
  const figures = {
    similarity: best.similarity,
    ...(runnerUp && { margin: best.similarity - runnerUp.similarity, runnerUp }),
  };
  if (best.similarity < policy.reviewThreshold) {
    return { decision: 'unknown', ...figures, reason: wasRejected ? 'REJECTED_BEFORE' : 'BELOW_REVIEW_THRESHOLD' };
  }
  const reason = reviewReason(figures, spoof && policy.liveness === 'review', policy);
  const person = { userId: best.userId, faceId: best.faceId, ...figures };
  return reason === undefined ? { decision: 'match', ...person } : { decision: 'review', ...person, reason };
}

/**
 * A rejected face counts as the probe's own from the match threshold on, as an enrolled one would; and it only counts for
 * a probe that lies nearer to it than to the person, so that a rejection by mistake costs the person little.
 */
function withoutRejected(
  candidates: readonly MatchCandidate[],
  rejected: ReadonlyMap<string, number> | undefined,
  matchThreshold: number,
): readonly MatchCandidate[] {
  if (rejected === undefined || rejected.size === 0) return candidates;
  const isRejected = (userId: string): boolean => {
    const similarity = rejected.get(userId);
    if (similarity === undefined || similarity < matchThreshold) return false;
    return candidates.every((candidate) => candidate.userId !== userId || candidate.similarity < similarity);
  };
  const refused = new Set([...rejected.keys()].filter(isRejected));
  return candidates.filter(({ userId }) => !refused.has(userId));
}

function reviewReason(
  figures: { readonly similarity: number; readonly margin?: number },
  doubtful: boolean,
  policy: RecognitionPolicy,
): MatchReason | undefined {
  if (figures.similarity < policy.matchThreshold) return 'BELOW_MATCH_THRESHOLD';
  if (figures.margin !== undefined && figures.margin < policy.minMargin) return 'MARGIN_TOO_SMALL';
  return doubtful ? 'LIVENESS_FAILED' : undefined;
}

function unfitReason(quality: FaceQuality, limits: QualityLimits): MatchReason | undefined {
  if (quality.size < limits.minSize) return 'FACE_TOO_SMALL';
  if (
    Math.abs(quality.yaw) > limits.maxYaw ||
    Math.abs(quality.pitch) > limits.maxPitch ||
    Math.abs(quality.roll) > limits.maxRoll
  ) {
    return 'POSE_TOO_STEEP';
  }
  return quality.blur < limits.minBlur ? 'BLURRED' : undefined;
}

/** `unknown` means liveness was not run, or could not be: under `enforce` and `review` that is not a pass. */
function isSpoof(liveness: FaceLiveness, policy: RecognitionPolicy): boolean {
  if (policy.liveness === 'off' || policy.liveness === 'observe') return false;
  return livenessVerdict(liveness, policy.livenessThreshold) !== 'live';
}

function bySimilarity(a: MatchCandidate, b: MatchCandidate): number {
  return b.similarity - a.similarity || (a.faceId < b.faceId ? -1 : a.faceId > b.faceId ? 1 : 0);
}
