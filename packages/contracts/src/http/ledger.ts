import { Type, type Static } from '@sinclair/typebox';
import { nullable, oneOf, strict, Timestamp, Uuid } from '../schema/primitives.js';
import { pageQuery } from './paging.js';

const Count = Type.Integer({ minimum: 0 });
const Reason = Type.String({ maxLength: 80, description: 'A stable upper-case word.', examples: ['PIPELINE_CRASHED'] });

export const LedgerQuery = Type.Object(
  {
    from: Type.Optional(
      Type.String({ ...Timestamp, description: 'Taken in at this moment or later; absent: 24 hours before `to`.' }),
    ),
    to: Type.Optional(Type.String({ ...Timestamp, description: 'Taken in before this moment; absent: now.' })),
  },
  strict,
);
export type LedgerQuery = Static<typeof LedgerQuery>;

/** Endings that each kind of request can come to, as the ledger counts them. */
export const ledgerEndings = {
  recognitions: ['matched', 'review', 'unknown', 'rejected', 'no_face', 'failed', 'expired', 'discarded'],
  registrations: ['completed', 'rejected', 'failed', 'discarded'],
  uploads: ['completed', 'failed'],
} as const;

function account(endings: readonly string[], description: string) {
  return Type.Object(
    {
      accepted: Count,
      decided: Count,
      decided_as: Type.Object(Object.fromEntries(endings.map((ending) => [ending, Count])), {
        ...strict,
        description: 'How they ended; together they are `decided`.',
      }),
      failed_because: Type.Record(Type.String(), Count, { description: 'The failed ones by reason.' }),
      projected: Count,
      gap: Type.Object(
        {
          undecided: Type.Integer({ minimum: 0, description: 'accepted − decided' }),
          unprojected: Type.Integer({ minimum: 0, description: 'decided − projected' }),
          undecided_since: nullable(Timestamp),
          unprojected_since: nullable(Timestamp),
        },
        strict,
      ),
    },
    { ...strict, description },
  );
}

export const LedgerOut = Type.Object(
  {
    from: Timestamp,
    to: Timestamp,
    counted_at: Timestamp,
    recognitions: account(
      ledgerEndings.recognitions,
      'Frames, by when they were taken in. A frame counts by the best of its faces; `rejected`: no face was fit for a decision; `failed` and `expired`: those nobody has discarded.',
    ),
    registrations: account(ledgerEndings.registrations, 'Enrolments.'),
    uploads: account(
      ledgerEndings.uploads,
      'Images uploaded to be judged. Those used for an enrolment and those older than 24 hours are gone and not counted.',
    ),
    events_skipped: Type.Integer({
      minimum: 0,
      description: 'Events that cannot be projected and that an admin had passed over during the span.',
    }),
    oldest_gap: Type.Object(
      {
        undecided_seconds: nullable(Type.Number({ minimum: 0 })),
        unprojected_seconds: nullable(Type.Number({ minimum: 0 })),
        limit_seconds: Type.Integer({ minimum: 1 }),
        over_limit: Type.Boolean(),
      },
      { ...strict, description: 'The oldest that waits now, whenever it was taken in; null when nothing waits.' },
    ),
  },
  { ...strict, title: 'LedgerOut' },
);
export type LedgerOut = Static<typeof LedgerOut>;

export const RequestParams = Type.Object({ request_id: Uuid }, strict);

export const RequestTraceOut = Type.Object(
  {
    request_id: Uuid,
    kind: oneOf(['recognition', 'registration']),
    status: Type.String({ examples: ['completed'] }),
    outcome: nullable(oneOf(['matched', 'review', 'unknown', 'rejected', 'no_face'])),
    reason: nullable(Reason),
    requested_by: Type.String(),
    correlation_id: Uuid,
    source_id: nullable(Uuid),
    user_id: nullable(Uuid),
    captured_at: nullable(Timestamp),
    received_at: Timestamp,
    expires_at: nullable(Timestamp),
    decided_at: nullable(Timestamp),
    projected: Type.Boolean({ description: 'What follows from it is written, or nothing follows from it.' }),
    attempts: Count,
    discarded_at: nullable(Timestamp),
    requeued: Type.Array(
      Type.Object(
        {
          at: Timestamp,
          by: Type.String(),
          had_ended_as: oneOf(['failed', 'expired']),
          reason: nullable(Reason),
          ended_at: nullable(Timestamp),
        },
        strict,
      ),
    ),
    faces: Type.Array(
      Type.Object(
        {
          recognized_face_id: Uuid,
          index: Count,
          decision: Type.String(),
          user_id: nullable(Uuid),
          similarity: nullable(Type.Number()),
          review_id: nullable(Uuid),
          review_status: nullable(Type.String()),
          attendance_log_id: nullable(Uuid),
          work_date: nullable(Type.String({ format: 'date' })),
          record_id: nullable(Uuid),
        },
        strict,
      ),
      { description: 'Each face of the frame with the attendance log and the record it counts for.' },
    ),
    events: Type.Array(
      Type.Object(
        { event_id: Uuid, type: Type.String(), subject: Type.String(), occurred_at: Timestamp, recorded_at: Timestamp },
        strict,
      ),
      { description: 'Its own and those derived from them, in commit order.' },
    ),
    audit: Type.Array(
      Type.Object({ audit_id: Uuid, action: Type.String(), actor: Type.String(), occurred_at: Timestamp }, strict),
    ),
    notifications: Type.Array(
      Type.Object({ notification_id: Uuid, type: Type.String(), created_at: Timestamp }, strict),
    ),
  },
  { ...strict, title: 'RequestTraceOut' },
);
export type RequestTraceOut = Static<typeof RequestTraceOut>;

export const FailedRequestsQuery = Type.Object(
  {
    kind: Type.Optional(oneOf(['recognition', 'registration'])),
    status: Type.Optional(oneOf(['failed', 'expired'])),
    reason: Type.Optional(Reason),
    discarded: Type.Optional(
      oneOf(['no', 'yes', 'all'], { default: 'no', description: 'Whether to list those an admin has put aside.' }),
    ),
    from: Type.Optional(Type.String({ ...Timestamp, description: 'Taken in at this moment or later.' })),
    to: Type.Optional(Type.String({ ...Timestamp, description: 'Taken in before this moment.' })),
    ...pageQuery,
  },
  strict,
);
export type FailedRequestsQuery = Static<typeof FailedRequestsQuery>;

export const FailedRequestOut = Type.Object(
  {
    request_id: Uuid,
    kind: oneOf(['recognition', 'registration']),
    status: oneOf(['queued', 'processing', 'completed', 'rejected', 'failed', 'expired']),
    reason: nullable(Reason),
    attempts: Count,
    source_id: nullable(Uuid),
    user_id: nullable(Uuid),
    captured_at: nullable(Timestamp),
    received_at: Timestamp,
    ended_at: nullable(Timestamp),
    times_requeued: Count,
    can_requeue: Type.Boolean({
      description:
        'False once its images are deleted: those of an enrolment when it ends, those of a frame as retention says.',
    }),
    discarded_at: nullable(Timestamp),
    discarded_by: nullable(Type.String()),
  },
  { ...strict, title: 'FailedRequestOut' },
);
export type FailedRequestOut = Static<typeof FailedRequestOut>;
