import type { AnalyzedFace, MatchDecision } from '@rollcall/recognition';
import { defaultRecognitionPolicy } from '@rollcall/recognition';
import { describe, expect, it } from 'vitest';
import { deservesCrop, encodeEmbedding, reviewKindOf, toFaceRow } from './recognition-result.js';

const face: AnalyzedFace = {
  index: 2,
  box: { x: 1, y: 2, width: 30, height: 40 },
  detectionScore: 0.9,
  landmarks: [
    { x: 0, y: 0 },
    { x: 0, y: 0 },
    { x: 0, y: 0 },
    { x: 0, y: 0 },
    { x: 0, y: 0 },
  ],
  quality: { blur: 100, size: 30, yaw: 0, pitch: 0, roll: 0 },
  liveness: { score: 0.8, verdict: 'live' },
  embedding: Float32Array.of(0.6, 0.8),
  crop: Uint8Array.of(1, 2, 3),
};
const match: MatchDecision = {
  decision: 'match',
  userId: 'ann',
  faceId: 'face-of-ann',
  similarity: 0.7,
  margin: 0.5,
  runnerUp: { userId: 'bob', faceId: 'face-of-bob', similarity: 0.2 },
};
const unknown: MatchDecision = { decision: 'unknown', similarity: 0.1, reason: 'BELOW_REVIEW_THRESHOLD' };
const crop = { key: 'a-key', sha256: Uint8Array.of(0xab, 0xcd) };

function context(synthetic = false) {
  let ids = 0;
  return { policy: defaultRecognitionPolicy, synthetic, newId: () => `id-${(ids += 1)}` };
}

describe('toFaceRow', () => {
  it('tells all of a match but keeps no embedding and asks nobody', () => {
    expect(toFaceRow({ face, match }, crop, context())).toEqual({
      id: 'id-1',
      index: 2,
      box: face.box,
      detection_score: 0.9,
      quality: face.quality,
      liveness: face.liveness,
      decision: 'match',
      reason: null,
      user_id: 'ann',
      face_id: 'face-of-ann',
      similarity: 0.7,
      margin: 0.5,
      runner_up_user_id: 'bob',
      runner_up_similarity: 0.2,
      match_threshold: 0.45,
      crop_key: 'a-key',
      crop_sha256: 'abcd',
      embedding: null,
      review_id: null,
      review_kind: null,
    });
  });

  it('keeps the embedding of an unknown face and opens a review', () => {
    const row = toFaceRow({ face, match: unknown }, crop, context());
    expect(row).toMatchObject({ review_id: 'id-2', review_kind: 'unknown', user_id: null, face_id: null });
    expect(row.embedding).toBe(encodeEmbedding(face.embedding));
  });

  it.each([
    [{ score: 0.6, verdict: 'live' }, 0.8, { score: 0.6, verdict: 'spoof' }],
    [{ score: 0.4, verdict: 'spoof' }, 0.3, { score: 0.4, verdict: 'live' }],
    [{ score: 0.8, verdict: 'live' }, 0.8, { score: 0.8, verdict: 'live' }],
    [{ score: 0, verdict: 'unknown' }, 0, { score: null, verdict: 'unknown' }],
  ] as const)('tells liveness by the policy that decides: %j at %d', (liveness, livenessThreshold, told) => {
    const policy = { ...defaultRecognitionPolicy, livenessThreshold };
    const decided = { face: { ...face, liveness }, match: unknown };
    expect(toFaceRow(decided, undefined, { ...context(), policy }).liveness).toEqual(told);
  });

  it('asks nobody about synthetic results', () => {
    const row = toFaceRow({ face, match: unknown }, undefined, context(true));
    expect(row).toMatchObject({ review_id: null, review_kind: null, embedding: null, crop_key: null });
  });
});

describe('encodeEmbedding', () => {
  it('is base64 of little-endian float32, also for a part of a larger buffer', () => {
    const whole = Float32Array.of(9, 1, -2);
    const bytes = Buffer.from(encodeEmbedding(whole.subarray(1)), 'base64');
    expect([bytes.length, bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([8, 1, -2]);
  });
});

describe('reviewKindOf', () => {
  it.each([
    [{ decision: 'review', reason: 'LIVENESS_FAILED' }, 'liveness'],
    [{ decision: 'review', reason: 'MARGIN_TOO_SMALL' }, 'uncertain'],
    [{ decision: 'unknown', reason: 'NO_CANDIDATE' }, 'unknown'],
    [{ decision: 'rejected', reason: 'BLURRED' }, undefined],
    [{ decision: 'match' }, undefined],
  ] as const)('%j → %s', (decision, kind) => {
    expect(reviewKindOf(decision)).toBe(kind);
  });
});

describe('deservesCrop', () => {
  it('keeps no picture of a face that was refused for its quality', () => {
    expect(deservesCrop({ face, match: { decision: 'rejected', reason: 'BLURRED' } })).toBe(false);
  });

  it('keeps a picture of a match, an unknown face and a suspected spoof', () => {
    expect(deservesCrop({ face, match })).toBe(true);
    expect(deservesCrop({ face, match: unknown })).toBe(true);
    expect(deservesCrop({ face, match: { decision: 'rejected', reason: 'LIVENESS_FAILED' } })).toBe(true);
  });

  it('needs a picture to keep one', () => {
    expect(deservesCrop({ face: { ...face, crop: new Uint8Array(0) }, match })).toBe(false);
  });
});
