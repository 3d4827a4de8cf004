import { defaultAttendancePolicyRules } from '@rollcall/contracts';
import type { AttendancePolicy } from '../attendance-policy.js';
import type { Correction } from '../correction.js';
import type { Sighting } from '../sighting.js';

/** The one person the tests of this package are about. */
export const PERSON = 'person';

/** The policy of the worked examples. */
export function aPolicy(rules: object = {}): AttendancePolicy {
  return {
    versionId: 'policy-1',
    rules: { ...defaultAttendancePolicyRules, timezone: 'Europe/Berlin', ...rules },
  };
}

export function aSighting(capturedAt: number, fields: Partial<Sighting> = {}): Sighting {
  const id = `sighting-${capturedAt}`;
  return { id, userId: PERSON, capturedAt, sourceId: 'door', direction: 'both', kind: 'face', ...fields };
}

export function anEntry(fields: Partial<Correction> = {}): Correction {
  return {
    id: 'entry',
    userId: PERSON,
    workDate: '2025-03-03',
    checkInAt: null,
    checkOutAt: null,
    status: null,
    createdAt: 0,
    withdrawn: false,
    ...fields,
  };
}
