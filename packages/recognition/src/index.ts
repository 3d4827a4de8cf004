export type {
  AnalyzedFace,
  Box,
  EmbeddingModel,
  FaceLiveness,
  FaceQuality,
  FivePoints,
  FrameAnalysis,
  LivenessVerdict,
  PipelineStage,
  Point,
} from './analysis.js';
export { assessEnrolment, type EnrolmentAssessment, type EnrolmentRefusalCode } from './assess-enrolment.js';
export {
  decideMatch,
  type MatchCandidate,
  type MatchDecision,
  type MatchOutcome,
  type MatchQuestion,
  type MatchReason,
} from './decide-match.js';
export {
  defaultEnrolmentLimits,
  defaultRecognitionPolicy,
  policyOfModels,
  thresholdsOf,
  type EnrolmentLimits,
  type LivenessHandling,
  type ModelThresholds,
  type QualityLimits,
  type RecognitionPolicy,
} from './policy.js';
export type { AnalyzeOptions, Pipeline, PipelineOptions } from './pipeline/pipeline.js';
export { EVIDENCE_CROP_SIZE } from './pipeline/crop-evidence.js';
export { createPipeline } from './pipeline/create-pipeline.js';
export {
  describeFailure,
  RecognitionError,
  type RecognitionErrorCode,
  type RecognitionFailure,
} from './recognition-error.js';
export { livenessVerdict } from './liveness-verdict.js';
export { decodeImage, type DecodeOptions } from './image/decode-image.js';
export { Image, type Affine } from './image/image.js';
export { readImageHeader, type ImageFormat, type ImageHeader } from './image/read-header.js';
export { prepareModels, type PrepareOptions } from './models/prepare-models.js';
export { loadManifest, type Manifest } from './models/manifest.js';
export { singleFlight } from './sessions/single-flight.js';
