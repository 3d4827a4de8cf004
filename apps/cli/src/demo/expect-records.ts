import type { ExpectedRecord } from './demo-plan.js';

/** Somebody recognised in a frame. */
export interface Sighting {
  readonly employeeCode: string;
  readonly capturedAt: string;
  readonly workDate: string;
}

/** Sightings closer together than this are one visit; Rollcall's default. */
const MIN_INTERVAL_MS = 60_000;

/**
 * The records that sightings must lead to under the default policy: in with the first visit of the day, out with the
 * last when it is another one. Kept apart from Rollcall's own rules on purpose: a check that used them would agree with
 * whatever they say.
 */
export function expectRecords(sightings: readonly Sighting[]): ExpectedRecord[] {
  const days = new Map<string, Sighting[]>();
  for (const sighting of sightings) {
    const key = JSON.stringify([sighting.workDate, sighting.employeeCode]);
    days.set(key, [...(days.get(key) ?? []), sighting]);
  }
  return [...days.values()].map(expectRecord);
}

function expectRecord(sightings: readonly Sighting[]): ExpectedRecord {
  const inOrder = [...sightings].sort((a, b) => Date.parse(a.capturedAt) - Date.parse(b.capturedAt));
  const visits = startsOfVisits(inOrder.map(({ capturedAt }) => capturedAt));
  const [first] = inOrder;
  const [checkInAt] = visits;
  if (first === undefined || checkInAt === undefined) throw new RangeError('a day without sightings has no record');
  const checkOutAt = visits.length > 1 ? (visits.at(-1) ?? null) : null;
  return { employeeCode: first.employeeCode, workDate: first.workDate, checkInAt, checkOutAt };
}

function startsOfVisits(times: readonly string[]): string[] {
  return times.filter((time, index) => {
    const before = times[index - 1];
    return before === undefined || Date.parse(time) - Date.parse(before) >= MIN_INTERVAL_MS;
  });
}
