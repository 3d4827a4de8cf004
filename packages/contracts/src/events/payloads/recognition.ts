import { Type } from '@sinclair/typebox';
import {
  CodeWord,
  Direction,
  FaceBox,
  LivenessVerdict,
  MatchOutcome,
  nullable,
  oneOf,
  SourceType,
  strict,
  Timestamp,
  Uuid,
} from '../../schema/primitives.js';

export const sourceDiscoveredV1 = Type.Object(
  { source_id: Uuid, source_type: SourceType, external_id: Type.Optional(Type.String()) },
  { ...strict, description: 'A frame named a camera or kiosk that was not known before.' },
);

export const recognitionRequestedV1 = Type.Object(
  { recognition_id: Uuid, source_id: Uuid, captured_at: Timestamp, mode: oneOf(['single', 'group']) },
  { ...strict, description: 'A frame has arrived.' },
);

export const frameSubmittedV1 = Type.Object(
  { recognition_id: Uuid, source_id: Uuid, captured_at: Timestamp, late_arrival: Type.Boolean() },
  { ...strict, description: 'A person, not a device, sent a frame: the actor answers for its time and its source.' },
);

const RecognizedFaceV1 = Type.Object(
  {
    recognized_face_id: Uuid,
    index: Type.Integer({ minimum: 0 }),
    decision: MatchOutcome,
    user_id: nullable(Uuid),
    face_id: nullable(Uuid),
    similarity: nullable(Type.Number()),
    margin: nullable(Type.Number()),
    liveness_verdict: LivenessVerdict,
    liveness_score: nullable(Type.Number()),
    box: FaceBox,
    reason: nullable(CodeWord),
    review_id: Type.Optional(nullable(Uuid)),
  },
  strict,
);

export const recognitionCompletedV1 = Type.Object(
  {
    recognition_id: Uuid,
    source_id: Uuid,
    source_type: SourceType,
    direction: Direction,
    captured_at: Timestamp,
    received_at: Timestamp,
    late_arrival: Type.Boolean(),
    model_id: nullable(Type.String()),
    gallery_version: nullable(Type.Integer({ minimum: 0 })),
    synthetic: Type.Boolean({ description: 'From the development embedder: never becomes attendance.' }),
    faces: Type.Array(RecognizedFaceV1),
  },
  { ...strict, description: 'A frame was looked at; each face in it has its decision.' },
);

export const recognitionExpiredV1 = Type.Object(
  { recognition_id: Uuid, source_id: Uuid, captured_at: Timestamp },
  { ...strict, description: 'A frame waited longer than its sender wanted the answer.' },
);

export const recognitionFailedV1 = Type.Object(
  { recognition_id: Uuid, source_id: Uuid, captured_at: Timestamp, reason: CodeWord },
  { ...strict, description: 'A frame could not be processed.' },
);
