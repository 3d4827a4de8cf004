import type { CorrectionOut, ManualAttendanceItem, ManualAttendanceResult } from '../http/manual-attendance.js';
import { defaultExampleIds as ids } from './example-ids.js';

/** Ids that only these examples have. */
const own = { correction: '0198c0de-7a11-7c00-8000-00000000c001', batch: '0198c0de-7a11-7c00-8000-00000000c002' };

export const manualAttendanceItem: ManualAttendanceItem = {
  user_id: ids.user,
  work_date: '2025-03-03',
  check_out_at: '2025-03-03T17:00:00+01:00',
  reason: 'Forgot to pass the camera on the way out',
};

export const manualAttendanceResult: ManualAttendanceResult = {
  batch_id: own.batch,
  created: 1,
  refused: 1,
  items: [
    { index: 0, verdict: 'created', correction_id: own.correction, errors: [] },
    {
      index: 1,
      verdict: 'refused',
      correction_id: null,
      errors: [{ path: '/items/1/check_out_at', code: 'NOT_AFTER_CHECK_IN', message: 'must be after the check-in' }],
    },
  ],
};

export const correction: CorrectionOut = {
  correction_id: own.correction,
  user_id: ids.user,
  work_date: '2025-03-03',
  check_in_at: null,
  check_out_at: '2025-03-03T16:00:00.000Z',
  status: null,
  reason: 'Forgot to pass the camera on the way out',
  created_by: ids.operator,
  created_at: '2025-03-04T08:12:00.000Z',
  withdrawn_by: null,
  withdrawn_at: null,
  withdrawal_reason: null,
};

export const withdrawnCorrection: CorrectionOut = {
  ...correction,
  withdrawn_by: ids.operator,
  withdrawn_at: '2025-03-04T09:00:00.000Z',
  withdrawal_reason: 'Entered for the wrong person',
};
