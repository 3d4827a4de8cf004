import type { AnalyzedFace, FrameAnalysis } from './analysis.js';
import type { EnrolmentLimits } from './policy.js';

export type EnrolmentRefusalCode =
  'NO_FACE' | 'MULTIPLE_FACES' | 'FACE_TOO_SMALL' | 'BLURRED' | 'POSE_TOO_STEEP' | 'LIVENESS_FAILED';

export type EnrolmentAssessment =
  | { readonly ok: true; readonly face: AnalyzedFace }
  | { readonly ok: false; readonly code: EnrolmentRefusalCode; readonly message: string };

/**
 * Says whether a photo is fit to enrol a person from, and if not, the first reason and what to do about it.
 * Checked in the order in which a person would fix them: count, size, pose, sharpness, liveness.
 */
export function assessEnrolment(analysis: Pick<FrameAnalysis, 'faces'>, limits: EnrolmentLimits): EnrolmentAssessment {
  const [face, ...others] = analysis.faces;
  if (face === undefined) return refuse('NO_FACE', 'No face was found in this image.');
  if (others.length > 0) {
    return refuse('MULTIPLE_FACES', `${analysis.faces.length} faces were found; send an image of one person.`);
  }
  const { quality, liveness } = face;
  if (quality.size < limits.quality.minSize) {
    return refuse(
      'FACE_TOO_SMALL',
      `The face is ${quality.size.toFixed(0)} pixels wide; at least ${limits.quality.minSize} are needed.`,
    );
  }
  const steep = steepAngle(face, limits);
  if (steep !== undefined) return refuse('POSE_TOO_STEEP', steep);
  if (quality.blur < limits.quality.minBlur) {
    return refuse(
      'BLURRED',
      `The face is not sharp enough (${quality.blur.toFixed(0)}, at least ${limits.quality.minBlur}).`,
    );
  }
  if (limits.liveness === 'enforce' && liveness.score < limits.livenessThreshold) {
    return refuse('LIVENESS_FAILED', 'The image looks like a picture of a picture.');
  }
  return { ok: true, face };
}

function steepAngle({ quality }: AnalyzedFace, limits: EnrolmentLimits): string | undefined {
  const { maxYaw, maxPitch, maxRoll } = limits.quality;
  if (Math.abs(quality.yaw) > maxYaw) return 'The face is turned too far to the side.';
  if (Math.abs(quality.pitch) > maxPitch) return 'The face looks too far up or down.';
  if (Math.abs(quality.roll) > maxRoll) return 'The head is tilted too far.';
  return undefined;
}

function refuse(code: EnrolmentRefusalCode, message: string): EnrolmentAssessment {
  return { ok: false, code, message };
}
