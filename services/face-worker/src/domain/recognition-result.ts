import {
  livenessVerdict,
  type AnalyzedFace,
  type FaceLiveness,
  type LivenessVerdict,
  type MatchDecision,
  type RecognitionPolicy,
} from '@rollcall/recognition';

/** A face of a frame and what was decided about it. */
export interface DecidedFace {
  readonly face: AnalyzedFace;
  readonly match: MatchDecision;
}

/** A crop in the object store. */
export interface StoredCrop {
  readonly key: string;
  readonly sha256: Uint8Array;
}

/** One face of a `complete_recognitions` item, in the words of the SQL function. */
export interface FaceRow {
  readonly id: string;
  readonly index: number;
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly detection_score: number;
  readonly quality: AnalyzedFace['quality'];
  /** By the policy that decided; no score where liveness was not run. */
  readonly liveness: { readonly score: number | null; readonly verdict: LivenessVerdict };
  readonly decision: MatchDecision['decision'];
  readonly reason: string | null;
  readonly user_id: string | null;
  readonly face_id: string | null;
  readonly similarity: number | null;
  readonly margin: number | null;
  readonly runner_up_user_id: string | null;
  readonly runner_up_similarity: number | null;
  readonly match_threshold: number;
  readonly crop_key: string | null;
  /** Hex. */
  readonly crop_sha256: string | null;
  /** Base64 of little-endian float32. */
  readonly embedding: string | null;
  readonly review_id: string | null;
  readonly review_kind: ReviewKind | null;
}

export type ReviewKind = 'uncertain' | 'unknown' | 'liveness';

export interface FaceRowContext {
  readonly policy: RecognitionPolicy;
  /** From the development embedder: nothing of it may become evidence or wait for a person. */
  readonly synthetic: boolean;
  readonly newId: () => string;
}

/** Whether a picture of this face is kept: not of faces that were refused for their quality alone. */
export function deservesCrop({ face, match }: DecidedFace): boolean {
  if (face.crop.length === 0) return false;
  return match.decision !== 'rejected' || match.reason === 'LIVENESS_FAILED';
}

/** Whether a person should look at this face, and as what. */
export function reviewKindOf(match: MatchDecision): ReviewKind | undefined {
  if (match.decision === 'unknown') return 'unknown';
  if (match.decision !== 'review') return undefined;
  return match.reason === 'LIVENESS_FAILED' ? 'liveness' : 'uncertain';
}

/** The row of one face. Pure but for the ids it asks `newId` for. */
export function toFaceRow(decided: DecidedFace, crop: StoredCrop | undefined, context: FaceRowContext): FaceRow {
  const { face, match } = decided;
  const reviewKind = context.synthetic ? undefined : reviewKindOf(match);
  return {
    id: context.newId(),
    index: face.index,
    box: { x: face.box.x, y: face.box.y, width: face.box.width, height: face.box.height },
    detection_score: face.detectionScore,
    quality: face.quality,
    liveness: judgedLiveness(face.liveness, context.policy.livenessThreshold),
    decision: match.decision,
    reason: match.reason ?? null,
    user_id: match.userId ?? null,
    face_id: match.faceId ?? null,
    similarity: match.similarity ?? null,
    margin: match.margin ?? null,
    runner_up_user_id: match.runnerUp?.userId ?? null,
    runner_up_similarity: match.runnerUp?.similarity ?? null,
    match_threshold: context.policy.matchThreshold,
    crop_key: crop?.key ?? null,
    crop_sha256: crop === undefined ? null : Buffer.from(crop.sha256).toString('hex'),
    // A match needs no second look; of the others a later "this is X" needs no second inference.
    embedding: reviewKind === undefined ? null : encodeEmbedding(face.embedding),
    review_id: reviewKind === undefined ? null : context.newId(),
    review_kind: reviewKind ?? null,
  };
}

/** A face's liveness as it is told: the verdict is that of the threshold in force, and there is no score without a look. */
export function judgedLiveness(liveness: FaceLiveness, threshold: number): FaceRow['liveness'] {
  const verdict = livenessVerdict(liveness, threshold);
  return { score: verdict === 'unknown' ? null : liveness.score, verdict };
}

/** Base64 of the vector as little-endian float32, as `face_embeddings.embedding` holds it. */
export function encodeEmbedding(embedding: Float32Array): string {
  return Buffer.from(embedding.buffer, embedding.byteOffset, embedding.byteLength).toString('base64');
}
