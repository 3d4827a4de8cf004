import { describe, expect, it } from 'vitest';
import type { AnalyzedFace, FaceLiveness, FaceQuality } from './analysis.js';
import { assessEnrolment } from './assess-enrolment.js';
import { defaultEnrolmentLimits } from './policy.js';

const sound: FaceQuality = { blur: 100, size: 120, yaw: 0, pitch: 0, roll: 0 };

function face(
  quality: Partial<FaceQuality> = {},
  liveness: FaceLiveness = { score: 0.9, verdict: 'live' },
): AnalyzedFace {
  const point = { x: 0, y: 0 };
  return {
    index: 0,
    box: { x: 0, y: 0, width: 120, height: 150 },
    detectionScore: 0.99,
    landmarks: [point, point, point, point, point],
    quality: { ...sound, ...quality },
    liveness,
    embedding: new Float32Array(512),
    crop: new Uint8Array(),
  };
}

function verdict(...faces: AnalyzedFace[]): string {
  const assessed = assessEnrolment({ faces }, defaultEnrolmentLimits);
  return assessed.ok ? 'ok' : assessed.code;
}

describe('an image to enrol from', () => {
  it('is accepted with its one face', () => {
    const only = face();
    expect(assessEnrolment({ faces: [only] }, defaultEnrolmentLimits)).toEqual({ ok: true, face: only });
  });

  it.each([
    ['no face', [], 'NO_FACE'],
    ['two faces', [face(), face()], 'MULTIPLE_FACES'],
    ['a face too small', [face({ size: 59 })], 'FACE_TOO_SMALL'],
    ['a face turned away', [face({ yaw: -41 })], 'POSE_TOO_STEEP'],
    ['a face looking up', [face({ pitch: -46 })], 'POSE_TOO_STEEP'],
    ['a tilted head', [face({ roll: 46 })], 'POSE_TOO_STEEP'],
    ['a blurred face', [face({ blur: 29 })], 'BLURRED'],
    ['exactly the limits', [face({ size: 60, yaw: 40, pitch: -45, roll: 45, blur: 30 })], 'ok'],
  ])('with %s: %s', (_name, faces, expected) => {
    expect(verdict(...faces)).toBe(expected);
  });

  it('names what to do first when several things are wrong', () => {
    expect(verdict(face({ size: 10, blur: 1, yaw: 80 }))).toBe('FACE_TOO_SMALL');
    expect(verdict(face({ blur: 1, yaw: 80 }))).toBe('POSE_TOO_STEEP');
  });

  it('is refused as a spoof only where that is enforced', () => {
    const spoof = face({}, { score: 0.1, verdict: 'spoof' });
    const enforced = assessEnrolment({ faces: [spoof] }, { ...defaultEnrolmentLimits, liveness: 'enforce' });
    expect(enforced).toMatchObject({ ok: false, code: 'LIVENESS_FAILED' });
    expect(verdict(spoof)).toBe('ok');
  });

  it('is refused with a message for the person who sent it', () => {
    const refused = assessEnrolment({ faces: [face({ size: 31.6 })] }, defaultEnrolmentLimits);
    expect(refused).toMatchObject({ message: 'The face is 32 pixels wide; at least 60 are needed.' });
  });
});
