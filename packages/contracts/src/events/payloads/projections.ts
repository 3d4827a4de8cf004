import { Type } from '@sinclair/typebox';
import { CodeWord, strict, Uuid } from '../../schema/primitives.js';

const about = {
  projection: Type.String({ description: 'What is built from the events: attendance.' }),
  event_id: Uuid,
  event_type: Type.String(),
};

export const projectionStoppedV1 = Type.Object(
  { ...about, reason: CodeWord },
  {
    ...strict,
    description:
      "An event cannot become attendance: the organization's records stand still before it. Told once; the message is in the system log.",
  },
);

export const projectionEventSkippedV1 = Type.Object(
  { ...about, failure: CodeWord },
  { ...strict, description: 'An admin had it passed over. The reason stands in the audit details.' },
);
