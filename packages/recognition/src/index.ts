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
  type EnrolmentLimits,
  type LivenessHandling,
  type QualityLimits,
  type RecognitionPolicy,
} from './policy.js';
export type { AnalyzeOptions, Pipeline, PipelineOptions } from './pipeline/pipeline.js';
export { createPipeline } from './pipeline/create-pipeline.js';
export {
  describeFailure,
  RecognitionError,
  type RecognitionErrorCode,
  type RecognitionFailure,
} from './recognition-error.js';
