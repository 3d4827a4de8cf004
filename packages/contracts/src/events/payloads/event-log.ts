import { Type } from '@sinclair/typebox';
import { nullable, oneOf, strict, Timestamp, Uuid } from '../../schema/primitives.js';

const HoldingTransaction = Type.Object(
  {
    pid: nullable(
      Type.Integer({ minimum: 1, description: 'Process of the database server; null for a prepared transaction.' }),
    ),
    application: Type.String({
      maxLength: 64,
      description: 'As it calls itself; one of another database has no name here.',
    }),
    since: nullable(Timestamp),
    statement: oneOf(
      [
        'idle',
        'select',
        'insert',
        'update',
        'delete',
        'merge',
        'copy',
        'create',
        'alter',
        'drop',
        'vacuum',
        'call',
        'do',
        'other',
      ],
      { description: 'What it does, never the text; idle: nothing, it is only open.' },
    ),
  },
  strict,
);

export const eventLogStalledV1 = Type.Object(
  {
    episode_id: Uuid,
    since: Timestamp,
    transaction: nullable(HoldingTransaction),
  },
  {
    ...strict,
    description:
      'Committed events waited for more than a minute to be read, for an older transaction. Once until they are read again.',
  },
);

export const eventLogResumedV1 = Type.Object(
  { episode_id: Uuid, since: Timestamp },
  { ...strict, description: 'Events are read again; `since` is when they began to wait.' },
);
