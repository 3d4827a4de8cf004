import { Type, type Static } from '@sinclair/typebox';
import { checkInMethods } from '../events/payloads/check-in.js';
import { Direction, oneOf, SourceId, strict, Timestamp, Uuid } from '../schema/primitives.js';

/** Six digits at least: what the throttle lets through would find a shorter one in weeks. */
export const Pin = Type.String({
  pattern: '^[0-9]{6,10}$',
  description: 'Six to ten digits, neither all the same nor a row such as 123456.',
  examples: ['407218'],
});

const common = {
  source_id: Type.String({
    ...SourceId,
    description: 'The kiosk; a device key is for its own.',
    examples: ['reception'],
  }),
  timestamp: Type.String({ ...Timestamp, description: 'When the person stood there, with offset.' }),
  direction: Type.Optional(Direction),
};

export const CheckInRequest = Type.Object(
  {
    ...common,
    method: oneOf(checkInMethods),
    user_id: Type.Optional(Uuid),
    employee_code: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    pin: Type.Optional(Type.String({ minLength: 1, maxLength: 72, examples: ['407218'] })),
    token: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000, description: 'What the QR code says.' })),
  },
  {
    ...strict,
    title: 'CheckInRequest',
    description: 'pin: user_id or employee_code, and pin. qr: token.',
  },
);
export type CheckInRequest = Static<typeof CheckInRequest>;

export const CheckInOut = Type.Object(
  {
    check_in_id: Uuid,
    user_id: Uuid,
    full_name: Type.String({ description: 'For the kiosk to greet whom it took this for.' }),
    method: oneOf(checkInMethods),
    source_id: Type.String(),
    direction: Direction,
    captured_at: Timestamp,
    late_arrival: Type.Boolean(),
  },
  { ...strict, title: 'CheckInOut' },
);
export type CheckInOut = Static<typeof CheckInOut>;

export const CheckInCode = Type.Object(
  {
    token: Type.String({ description: 'Show it as a QR code.' }),
    expires_at: Timestamp,
    expires_in: Type.Integer({ minimum: 1, description: 'Seconds; fetch another one before they are over.' }),
  },
  { ...strict, title: 'CheckInCode' },
);

export const PinSet = Type.Object(
  { pin: Type.Optional(Pin) },
  { ...strict, title: 'PinSet', description: 'Without pin one is drawn and told once.' },
);
export const OwnPinSet = Type.Object({ pin: Pin }, { ...strict, title: 'OwnPinSet' });

export const PinOut = Type.Object(
  {
    user_id: Uuid,
    pin: Type.Optional(Type.String({ description: 'Only where it was drawn, and only this once.' })),
    set_at: Timestamp,
  },
  { ...strict, title: 'PinOut' },
);
export type PinOut = Static<typeof PinOut>;

export const PinRemoved = Type.Object({ user_id: Uuid }, { ...strict, title: 'PinRemoved' });
