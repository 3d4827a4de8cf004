import type { AnalyzedFace } from '@rollcall/recognition';
import { defaultEnrolmentLimits } from '@rollcall/recognition';
import { describe, expect, it } from 'vitest';
import { judgeRegistration } from './registration-verdict.js';

function face(embedding: readonly number[], blur = 500): AnalyzedFace {
  const nowhere = { x: 0, y: 0 };
  return {
    index: 0,
    box: { x: 0, y: 0, width: 100, height: 100 },
    detectionScore: 0.9,
    landmarks: [nowhere, nowhere, nowhere, nowhere, nowhere],
    quality: { blur, size: 100, yaw: 0, pitch: 0, roll: 0 },
    liveness: { score: 0.9, verdict: 'live' },
    embedding: Float32Array.from(embedding),
    crop: new Uint8Array(0),
  };
}
const ann = [1, 0];
const bob = [0, 1];

describe('judgeRegistration', () => {
  it('accepts the good images of the person and tells of each other one why not, in the order of the images', () => {
    const verdict = judgeRegistration(
      [
        { index: 0, analysis: { faces: [face(bob)] } },
        { index: 1, analysis: { faces: [face(ann)] } },
        { index: 2, code: 'IMAGE_DAMAGED', message: 'ends too early' },
        { index: 3, analysis: { faces: [face(ann, 1)] } },
        { index: 4, analysis: { faces: [face(ann)] } },
        { index: 5, analysis: { faces: [] } },
        { index: 6, analysis: { faces: [face(ann), face(bob)] } },
      ],
      defaultEnrolmentLimits,
      0.35,
    );
    expect(verdict.accepted.map(({ imageIndex }) => imageIndex)).toEqual([1, 4]);
    expect(verdict.rejected.map(({ image_index, code }) => [image_index, code])).toEqual([
      [0, 'DIFFERENT_PERSON'],
      [2, 'IMAGE_DAMAGED'],
      [3, 'BLURRED'],
      [5, 'NO_FACE'],
      [6, 'MULTIPLE_FACES'],
    ]);
  });
});
