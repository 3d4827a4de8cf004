import { v7 as uuidV7 } from 'uuid';
import { TEST_MODEL, type BuiltFace } from './build-face.js';

/** One face of a result as the face worker hands it to `complete_recognitions`. */
export interface ResultFace {
  readonly id: string;
  readonly index: number;
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly detection_score: number;
  readonly quality: Readonly<Record<string, number>>;
  readonly liveness: { readonly score: number | null; readonly verdict: 'live' | 'spoof' | 'unknown' };
  readonly decision: 'match' | 'review' | 'unknown' | 'rejected';
  readonly reason: string | null;
  readonly user_id: string | null;
  readonly face_id: string | null;
  readonly similarity: number | null;
  readonly margin: number | null;
  readonly runner_up_user_id: string | null;
  readonly runner_up_similarity: number | null;
  readonly match_threshold: number;
  readonly crop_key: string | null;
  readonly crop_sha256: string | null;
  readonly embedding: string | null;
  readonly review_id: string | null;
  readonly review_kind: 'uncertain' | 'unknown' | 'liveness' | null;
}

export interface RecognitionResult {
  readonly recognition_id: string;
  readonly event_id: string;
  readonly actor: string;
  readonly completed_at: string;
  readonly model_id: string | null;
  readonly gallery_version: number | null;
  readonly synthetic: boolean;
  readonly faces: readonly ResultFace[];
}

/** A result with the given faces, by TEST_MODEL. */
export function recognitionResult(
  recognitionId: string,
  faces: readonly ResultFace[],
  given: Partial<RecognitionResult> = {},
): RecognitionResult {
  return {
    ...{ recognition_id: recognitionId, event_id: uuidV7(), actor: 'system:face-worker' },
    ...{ completed_at: new Date().toISOString(), model_id: TEST_MODEL, gallery_version: 1, synthetic: false, faces },
    ...given,
  };
}

/** A face nobody is known by, unless given otherwise. */
export function resultFace(given: Partial<ResultFace> = {}): ResultFace {
  return {
    ...{ id: uuidV7(), index: 0, box: { x: 10, y: 20, width: 100, height: 120 }, detection_score: 0.99 },
    ...{ quality: { blur: 200, size: 100, yaw: 0, pitch: 0, roll: 0 }, liveness: { score: 0.9, verdict: 'live' } },
    ...{ decision: 'unknown', reason: null, user_id: null, face_id: null, similarity: 0.1, margin: null },
    ...{
      runner_up_user_id: null,
      runner_up_similarity: null,
      match_threshold: 0.45,
      crop_key: null,
      crop_sha256: null,
    },
    ...{ embedding: null, review_id: null, review_kind: null },
    ...given,
  };
}

/** A face that matches an enrolled one. */
export function matchingFace(face: BuiltFace, given: Partial<ResultFace> = {}): ResultFace {
  return resultFace({
    ...{ decision: 'match', user_id: face.userId, face_id: face.id, similarity: 0.8, margin: 0.5 },
    ...given,
  });
}
