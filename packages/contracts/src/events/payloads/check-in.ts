import { Type } from '@sinclair/typebox';
import { Direction, nullable, oneOf, strict, Timestamp, Uuid } from '../../schema/primitives.js';

export const checkInMethods = ['pin', 'qr'] as const;
const Method = oneOf(checkInMethods);

export const attendancePunchedV1 = Type.Object(
  {
    check_in_id: Uuid,
    user_id: Uuid,
    source_id: Uuid,
    method: Method,
    direction: Direction,
    captured_at: Timestamp,
    received_at: Timestamp,
    late_arrival: Type.Boolean(),
  },
  { ...strict, description: 'A person checked in or out at a kiosk by PIN or QR code, without their face.' },
);

export const checkInRefusals = [
  'unknown_person',
  'inactive',
  'no_pin',
  'wrong_pin',
  'wrong_code',
  'code_expired',
  'throttled',
] as const;

export const attendanceCheckInRefusedV1 = Type.Object(
  { user_id: nullable(Uuid), source_id: Uuid, method: Method, reason: oneOf(checkInRefusals) },
  { ...strict, description: 'A PIN or code was not accepted. Neither it nor what was typed is kept.' },
);

export const pinSetV1 = Type.Object({ user_id: Uuid }, { ...strict, description: 'A person has a new PIN.' });
export const pinRemovedV1 = Type.Object({ user_id: Uuid }, { ...strict, description: 'A person has no PIN any more.' });
