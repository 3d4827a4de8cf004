import { createValidator, ImageVerdict } from '@rollcall/contracts';
import { defaultEnrolmentLimits } from '@rollcall/recognition';
import { describe, expect, it } from 'vitest';
import { aFace, anAnalysis } from '../testing/requests.test.js';
import { judgeUpload, unreadableUpload } from '../domain/upload-verdict.js';

const limits = defaultEnrolmentLimits;
const check = createValidator(ImageVerdict);
const face = aFace(Float32Array.of(1));

describe('judgeUpload', () => {
  it('takes one good face', () => {
    const verdict = judgeUpload(anAnalysis([face]), limits);
    expect(verdict).toMatchObject({ fit: true, code: null, message: null, face_count: 1 });
    expect(check(verdict)).toMatchObject({ ok: true });
  });

  it.each([
    ['NO_FACE', []],
    ['MULTIPLE_FACES', [face, face]],
    ['BLURRED', [{ ...face, quality: { ...face.quality, blur: 2 } }]],
    ['POSE_TOO_STEEP', [{ ...face, quality: { ...face.quality, yaw: -80 } }]],
  ])('says %s, with what was measured', (code, faces) => {
    const verdict = judgeUpload(anAnalysis(faces), limits);
    expect(verdict).toMatchObject({ fit: false, code, face_count: faces.length });
    expect(verdict.faces.map(({ quality }) => quality)).toEqual(faces.map(({ quality }) => quality));
  });

  it('tells liveness by the threshold of enrolments', () => {
    const verdict = judgeUpload(anAnalysis([face]), { ...limits, livenessThreshold: 0.95 });
    expect(verdict.faces[0]?.liveness).toEqual({ score: 0.9, verdict: 'spoof' });
  });

  it('names no more faces of a crowd than fit into the answer, and no score that was not measured', () => {
    const unsure = { ...face, liveness: { score: 0, verdict: 'unknown' as const } };
    const verdict = judgeUpload(anAnalysis(Array.from({ length: 100 }, () => unsure)), limits);
    expect(verdict).toMatchObject({ face_count: 100 });
    expect(verdict.faces).toHaveLength(20);
    expect(verdict.faces[0]?.liveness).toEqual({ score: null, verdict: 'unknown' });
    expect(check(verdict)).toMatchObject({ ok: true });
  });

  it('has a verdict for what cannot be read', () => {
    expect(check(unreadableUpload({ code: 'IMAGE_DAMAGED', message: 'ends too early' }))).toMatchObject({ ok: true });
  });
});
