import { Type } from '@sinclair/typebox';
import { oneOf, strict, Timestamp } from '../schema/primitives.js';

export const Liveness = Type.Object({ state: Type.Literal('ok') }, { ...strict, title: 'Liveness' });

const HealthState = oneOf(['ok', 'degraded', 'failed']);

export const Readiness = Type.Object(
  {
    state: HealthState,
    checked_at: Timestamp,
    parts: Type.Record(
      Type.String(),
      Type.Object(
        {
          state: HealthState,
          took_ms: Type.Integer({ minimum: 0 }),
          message: Type.Optional(Type.String()),
          figures: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        },
        strict,
      ),
    ),
  },
  { ...strict, title: 'Readiness' },
);
