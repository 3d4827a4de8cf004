import { Type, type Static } from '@sinclair/typebox';
import { nullable, oneOf, strict, Timestamp, Uuid } from '../schema/primitives.js';
import { pageQuery } from './paging.js';

export const systemLogLevels = ['warn', 'error', 'fatal'] as const;
const services = ['gateway', 'face-worker', 'attendance-projector'] as const;

const listOf = (words: readonly string[]) => `^(${words.join('|')})(,(${words.join('|')}))*$`;

export const SystemLogQuery = Type.Object(
  {
    level: Type.Optional(
      Type.String({
        maxLength: 20,
        pattern: listOf(systemLogLevels),
        description: '`warn`, `error`, `fatal`, several by comma.',
        examples: ['error,fatal'],
      }),
    ),
    service: Type.Optional(
      Type.String({
        maxLength: 60,
        pattern: listOf(services),
        description: '`gateway`, `face-worker`, `attendance-projector`, several by comma.',
        examples: ['face-worker'],
      }),
    ),
    from: Type.Optional(Timestamp),
    to: Type.Optional(Timestamp),
    ...pageQuery,
  },
  strict,
);
export type SystemLogQuery = Static<typeof SystemLogQuery>;

export const SystemLogOut = Type.Object(
  {
    log_id: Type.Integer({ minimum: 1 }),
    level: oneOf(systemLogLevels),
    service: Type.String({ examples: ['face-worker'] }),
    code: Type.String({ examples: ['PIPELINE_CRASHED'] }),
    message: Type.String(),
    scope: oneOf(['organization', 'installation'], {
      description: 'Whether the line is about your organization or about the installation itself.',
    }),
    context: Type.Record(Type.String(), Type.Unknown(), {
      description:
        'Fields of the line, secrets left out. Empty for the installation when it serves several organizations.',
    }),
    repeats: Type.Integer({ minimum: 1, description: 'How often the same line came within a few seconds.' }),
    worker_id: nullable(Uuid),
    occurred_at: Timestamp,
  },
  { ...strict, title: 'SystemLogOut' },
);
export type SystemLogOut = Static<typeof SystemLogOut>;
