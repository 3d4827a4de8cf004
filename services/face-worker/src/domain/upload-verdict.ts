import type { ImageVerdict } from '@rollcall/contracts';
import { assessEnrolment, type AnalyzedFace, type EnrolmentLimits, type FrameAnalysis } from '@rollcall/recognition';
import { judgedLiveness } from './recognition-result.js';

/** A photo of a crowd would make a long answer of no use. */
const MOST_FACES = 20;

/** What an uploaded image is worth for enrolling somebody: the judgement a registration would come to. Pure. */
export function judgeUpload(analysis: Pick<FrameAnalysis, 'faces'>, limits: EnrolmentLimits): ImageVerdict {
  const assessment = assessEnrolment(analysis, limits);
  return {
    fit: assessment.ok,
    code: assessment.ok ? null : assessment.code,
    message: assessment.ok ? null : assessment.message,
    face_count: analysis.faces.length,
    faces: analysis.faces.slice(0, MOST_FACES).map((face) => describeFace(face, limits)),
  };
}

/** An image the pipeline refuses to look at. */
export function unreadableUpload(failure: { readonly code: string; readonly message: string }): ImageVerdict {
  return { fit: false, code: failure.code, message: failure.message, face_count: 0, faces: [] };
}

function describeFace(
  { box, detectionScore, quality, liveness }: AnalyzedFace,
  { livenessThreshold }: EnrolmentLimits,
): ImageVerdict['faces'][number] {
  const { blur, size, yaw, pitch, roll } = quality;
  return {
    box: { x: box.x, y: box.y, width: box.width, height: box.height },
    detection_score: detectionScore,
    quality: { blur, size, yaw, pitch, roll },
    liveness: judgedLiveness(liveness, livenessThreshold),
  };
}
