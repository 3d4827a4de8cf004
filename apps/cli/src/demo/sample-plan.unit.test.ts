import { frames } from '@rollcall/sample-photos';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DemoPlan } from './demo-plan.js';
import { expectRecords } from './expect-records.js';
import { planFromSamples } from './sample-plan.js';
import { workDateOf } from './work-date.js';

describe('the demo of the sample photos', () => {
  let people: Map<string, readonly string[]>;
  let plan: DemoPlan;

  beforeAll(async () => {
    people = new Map((await frames()).map((frame) => [frame.name, frame.people]));
    plan = await planFromSamples('Europe/Berlin');
  });

  it('expects by hand what follows from who is on which frame', () => {
    const sightings = plan.frames.flatMap(({ capturedAt, image }) =>
      (people.get(image.label) ?? []).map((key) => ({
        employeeCode: key.replace('person-', 'demo-').toUpperCase(),
        capturedAt,
        workDate: workDateOf(capturedAt, 'Europe/Berlin'),
      })),
    );
    const byPersonAndDay = (a: { employeeCode: string; workDate: string }, b: typeof a) =>
      a.employeeCode.localeCompare(b.employeeCode) || a.workDate.localeCompare(b.workDate);
    const derived = expectRecords(sightings).sort(byPersonAndDay);
    expect(derived).toEqual([...(plan.expected ?? [])].sort(byPersonAndDay));
  });

  it('has an open record, one past midnight, a visit of several frames and strangers', () => {
    expect(plan.expected?.some(({ checkOutAt }) => checkOutAt === null)).toBe(true);
    expect(plan.expected?.some(({ workDate, checkOutAt }) => checkOutAt?.startsWith(workDate) === false)).toBe(true);
    const times = plan.frames.map(({ capturedAt }) => Date.parse(capturedAt));
    expect(times.some((time, index) => time - (times[index - 1] ?? 0) < 60_000)).toBe(true);
    expect(plan.strangers).toBe(35);
  });

  it('stands in the time zone of the organization, whatever it is', async () => {
    const elsewhere = await planFromSamples('America/Los_Angeles');
    expect(plan.frames[0]?.capturedAt).toBe('2026-03-02T07:52:10+01:00');
    expect(elsewhere.frames[0]?.capturedAt).toBe('2026-03-02T07:52:10-08:00');
  });
});
