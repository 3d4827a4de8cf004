import { Type } from '@sinclair/typebox';
import { CodeWord, nullable, SourceType, strict, Timestamp, Uuid } from '../../schema/primitives.js';

export const notificationRulesChangedV1 = Type.Object(
  {
    version: Type.Integer({ minimum: 1 }),
    changed: Type.Array(Type.String(), { description: 'Kinds of notifications whose rule is another now.' }),
  },
  { ...strict, description: 'An admin changed who is told of what.' },
);

export const deviceSilentV1 = Type.Object(
  {
    source_id: Uuid,
    source_type: SourceType,
    last_seen_at: nullable(Timestamp),
    after_minutes: Type.Integer({ minimum: 1 }),
  },
  { ...strict, description: 'A camera or kiosk sends nothing any more. Once until it is heard again.' },
);

export const systemUnhealthyV1 = Type.Object(
  {
    component: Type.String({ description: 'Which part: face-worker, recognition-queue, event-log …' }),
    reason: CodeWord,
    since: Timestamp,
  },
  { ...strict, description: 'A part of Rollcall does not do its work. Once until it does again.' },
);
