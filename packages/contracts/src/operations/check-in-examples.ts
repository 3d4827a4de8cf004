import type { CheckInOut, CheckInRequest, PinOut } from '../http/check-in.js';
import { defaultExampleIds as ids } from './example-ids.js';

export const checkInRequest: CheckInRequest = {
  source_id: 'reception',
  timestamp: '2025-03-03T08:59:12+01:00',
  method: 'pin',
  employee_code: 'E-1001',
  pin: '407218',
};

export const checkIn: CheckInOut = {
  check_in_id: '0198c0de-7a11-7c00-8000-00000000c003',
  user_id: ids.user,
  full_name: 'Ada Lovelace',
  method: 'pin',
  source_id: 'reception',
  direction: 'both',
  captured_at: '2025-03-03T07:59:12.000Z',
  late_arrival: false,
};

export const pinOut: PinOut = { user_id: ids.user, set_at: '2025-03-03T08:00:00.000Z' };
