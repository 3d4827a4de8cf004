import type { AnalyzedFace, FrameAnalysis } from '@rollcall/recognition';
import { organizationPolicy } from '../domain/recognition-policy.js';
import type { ClaimedRecognition, ClaimedRegistration } from '../requests/claimed-requests.js';

/** The policy of an organization where the default models are in use. */
export const policyOf = (systemConfig: unknown) =>
  organizationPolicy(systemConfig, {
    model: { match: 0.45, review: 0.4, samePerson: 0.35, live: 0.5 },
    confidence: undefined,
  });

export const organizationId = '00000000-0000-7000-8000-000000000001';

/** A claimed frame with plain values. */
export function aFrame(given: Partial<ClaimedRecognition> = {}): ClaimedRecognition {
  return {
    kind: 'recognition',
    id: 'frame-1',
    organizationId,
    mode: 'single',
    imageKey: 'image-1',
    correlationId: 'correlation-1',
    attempts: 1,
    systemConfig: {},
    galleryVersion: 0,
    ...given,
  };
}

/** A claimed registration of three images. */
export function aRegistration(given: Partial<ClaimedRegistration> = {}): ClaimedRegistration {
  return {
    kind: 'registration',
    id: 'registration-1',
    organizationId,
    userId: 'user-1',
    correlationId: 'correlation-1',
    attempts: 1,
    systemConfig: {},
    images: [0, 1, 2].map((index) => ({ index, objectKey: `image-${index}` })),
    ...given,
  };
}

/** A face fit for everything. */
export function aFace(embedding: Float32Array, given: Partial<AnalyzedFace> = {}): AnalyzedFace {
  const nowhere = { x: 0, y: 0 };
  return {
    index: 0,
    box: { x: 0, y: 0, width: 120, height: 120 },
    detectionScore: 0.9,
    landmarks: [nowhere, nowhere, nowhere, nowhere, nowhere],
    quality: { blur: 500, size: 120, yaw: 0, pitch: 0, roll: 0 },
    liveness: { score: 0.9, verdict: 'live' },
    embedding,
    crop: Uint8Array.of(1, 2, 3),
    ...given,
  };
}

export function anAnalysis(faces: readonly AnalyzedFace[], given: Partial<FrameAnalysis> = {}): FrameAnalysis {
  const timings = { decode: 0, detect: 0, landmarks: 0, align: 0, quality: 0, embed: 0, liveness: 0, crop: 0 };
  const model = { id: 'model', dim: 8, detector: 'rfb' };
  return { width: 640, height: 480, faces, timings, model, synthetic: false, ...given };
}
