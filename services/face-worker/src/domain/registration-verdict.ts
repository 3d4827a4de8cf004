import { assessEnrolment, type AnalyzedFace, type EnrolmentLimits, type FrameAnalysis } from '@rollcall/recognition';
import { chooseSamePerson } from './choose-same-person.js';

/** What became of one image of a registration: an analysis, or why there is none. */
export type RegistrationImage =
  | { readonly index: number; readonly analysis: Pick<FrameAnalysis, 'faces'> }
  | { readonly index: number; readonly code: string; readonly message: string };

export interface RejectedImage {
  readonly image_index: number;
  readonly code: string;
  readonly message: string;
}

export interface RegistrationVerdict {
  readonly accepted: readonly { readonly imageIndex: number; readonly face: AnalyzedFace }[];
  readonly rejected: readonly RejectedImage[];
}

/**
 * Which images of a registration are fit to enrol the person from: those that show one face well, and of these the
 * largest group that shows the same person.
 *
 * @param samePersonThreshold cosine similarity from which two images are taken to show one person.
 */
export function judgeRegistration(
  images: readonly RegistrationImage[],
  limits: EnrolmentLimits,
  samePersonThreshold: number,
): RegistrationVerdict {
  const rejected: RejectedImage[] = [];
  const good: { imageIndex: number; face: AnalyzedFace }[] = [];
  for (const image of images) {
    if ('code' in image) {
      rejected.push({ image_index: image.index, code: image.code, message: image.message });
      continue;
    }
    const assessment = assessEnrolment(image.analysis, limits);
    if (assessment.ok) good.push({ imageIndex: image.index, face: assessment.face });
    else rejected.push({ image_index: image.index, code: assessment.code, message: assessment.message });
  }
  const same = new Set(
    chooseSamePerson(
      good.map(({ face }) => face.embedding),
      samePersonThreshold,
    ),
  );
  const accepted = good.filter((_, position) => same.has(position));
  for (const [position, { imageIndex }] of good.entries()) {
    if (!same.has(position)) rejected.push({ image_index: imageIndex, ...DIFFERENT_PERSON });
  }
  return { accepted, rejected: rejected.sort((a, b) => a.image_index - b.image_index) };
}

const DIFFERENT_PERSON = {
  code: 'DIFFERENT_PERSON',
  message: 'The face does not resemble the faces of the other images.',
} as const;
