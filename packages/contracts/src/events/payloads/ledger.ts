import { Type } from '@sinclair/typebox';
import { CodeWord, nullable, oneOf, strict, Timestamp, Uuid } from '../../schema/primitives.js';

const Stage = oneOf(['decision', 'projection'], {
  description: 'decision: accepted and not decided. projection: decided and not projected.',
});

export const ledgerGapOpenedV1 = Type.Object(
  {
    gap_id: Uuid,
    stage: Stage,
    since: Timestamp,
    limit_seconds: Type.Integer({ minimum: 1 }),
  },
  { ...strict, description: 'Something accepted waits for longer than the limit. Once until nothing does any more.' },
);

export const ledgerGapClosedV1 = Type.Object(
  { gap_id: Uuid, stage: Stage, since: Timestamp, opened_at: Timestamp },
  { ...strict, description: 'Nothing waits for longer than the limit any more.' },
);

const ended = {
  request_id: Uuid,
  kind: oneOf(['recognition', 'registration']),
  ended_as: oneOf(['failed', 'expired']),
  reason: nullable(CodeWord),
};

export const requestRequeuedV1 = Type.Object(ended, {
  ...strict,
  description: 'An admin put a frame that had failed or expired into the queue again.',
});

export const requestDiscardedV1 = Type.Object(ended, {
  ...strict,
  description: 'An admin put a failed or expired request aside.',
});
