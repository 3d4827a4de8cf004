import { CheckInCode, CheckInOut, CheckInRequest, OwnPinSet, PinOut, PinRemoved, PinSet } from '../http/check-in.js';
import { UserParams } from '../http/users.js';
import { checkIn, checkInRequest, pinOut } from './check-in-examples.js';
import { declareOperations } from './operation.js';

const everybody = ['ADMIN', 'OPERATOR', 'USER'] as const;

export const checkInOperations = declareOperations({
  checkIn: {
    method: 'post',
    path: '/v1/attendance/check-in',
    tag: 'Check-in without a face',
    summary: 'Check in or out by PIN or QR code',
    description:
      'Ends in the same records as a face. The same code, or the same person at the same kiosk at the same time, counts once however often it is sent. Guesses are throttled by kiosk and by person.',
    access: ['ADMIN', 'OPERATOR', 'DEVICE'],
    deviceScopes: ['check_in'],
    audit: ['attendance.punched', 'attendance.check_in_refused'],
    json: CheckInRequest,
    jsonExample: checkInRequest,
    answers: [
      {
        status: 200,
        codes: ['CHECKED_IN'],
        description: 'It counts; Idempotency-Replayed says that it did before.',
        data: CheckInOut,
        headers: ['Idempotency-Replayed'],
        example: checkIn,
      },
    ],
    errors: ['CHECK_IN_REFUSED', 'CAPTURED_IN_FUTURE', 'NOT_FOUND', 'CONFLICT', 'TOO_MANY_REQUESTS'],
  },
  getCheckInCode: {
    method: 'get',
    path: '/v1/user/check-in-code',
    tag: 'Check-in without a face',
    summary: 'A code of your own to show as QR',
    description: 'Good for a minute and for one check-in: within its life it counts once.',
    access: everybody,
    answers: [
      {
        status: 200,
        codes: ['CODE_ISSUED'],
        description: 'The code.',
        data: CheckInCode,
        example: {
          token: 'eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiIuLi4ifQ.c2ln',
          expires_at: '2025-03-03T08:00:00.000Z',
          expires_in: 60,
        },
      },
    ],
  },
  setOwnPin: {
    method: 'post',
    path: '/v1/user/pin',
    tag: 'Check-in without a face',
    summary: 'Set your own PIN',
    description: 'Twenty times in a quarter of an hour, changes of your password counted in.',
    access: everybody,
    audit: 'pin.set',
    json: OwnPinSet,
    jsonExample: { pin: '407218' },
    answers: [{ status: 200, codes: ['PIN_SET'], description: 'It is in force.', data: PinOut, example: pinOut }],
    errors: ['TOO_MANY_REQUESTS'],
  },
  setPin: {
    method: 'post',
    path: '/v1/ops/user/{user_id}/pin',
    tag: 'Check-in without a face',
    summary: "Set or reset a person's PIN",
    description: 'Without a PIN in the body one is drawn and told in the answer, this once.',
    access: ['ADMIN', 'OPERATOR'],
    audit: 'pin.set',
    params: UserParams,
    json: PinSet,
    jsonExample: {},
    answers: [
      {
        status: 200,
        codes: ['PIN_SET'],
        description: 'It is in force.',
        data: PinOut,
        example: { ...pinOut, pin: '407218' },
      },
    ],
    errors: ['USER_NOT_FOUND', 'TOO_MANY_REQUESTS'],
  },
  removePin: {
    method: 'delete',
    path: '/v1/ops/user/{user_id}/pin',
    tag: 'Check-in without a face',
    summary: "Take a person's PIN away",
    access: ['ADMIN', 'OPERATOR'],
    audit: 'pin.removed',
    params: UserParams,
    answers: [
      {
        status: 200,
        codes: ['PIN_REMOVED'],
        description: 'They have none any more.',
        data: PinRemoved,
        example: { user_id: pinOut.user_id },
      },
    ],
    errors: ['USER_NOT_FOUND', 'NOT_FOUND'],
  },
});
