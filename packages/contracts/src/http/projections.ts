import { Type, type Static } from '@sinclair/typebox';
import { CodeWord, nullable, strict, Timestamp, Uuid } from '../schema/primitives.js';

export const SkipEventBody = Type.Object(
  {
    event_id: Uuid,
    reason: Type.String({
      minLength: 1,
      maxLength: 500,
      pattern: '\\S',
      description: 'Why it may be left out. It is kept in the audit trail.',
    }),
  },
  { ...strict, title: 'SkipEventBody' },
);
export type SkipEventBody = Static<typeof SkipEventBody>;

export const SkippedEventOut = Type.Object(
  {
    projection: Type.String(),
    event_id: Uuid,
    event_type: Type.String(),
    failure: CodeWord,
    reason: Type.String(),
    skipped_by: Type.String(),
    skipped_at: Timestamp,
  },
  { ...strict, title: 'SkippedEventOut' },
);
export type SkippedEventOut = Static<typeof SkippedEventOut>;

/** Where a projection of the organization stands still; null while it goes on. */
export const ProjectionStop = nullable(
  Type.Object(
    {
      event_id: Uuid,
      event_type: Type.String(),
      reason: CodeWord,
      since: Timestamp,
    },
    strict,
  ),
);
export type ProjectionStop = Static<typeof ProjectionStop>;
