import { expect, it } from 'vitest';
import { followMemory } from './memory-course.js';

const HOUR_MS = 3_600_000;
/** A point a minute for an hour. */
const course = (megabytes: (minute: number) => number) =>
  Array.from({ length: 61 }, (_, minute) => ({ at: minute * 60_000, megabytes: megabytes(minute) }));

it('is flat after a warm-up, however much that took', () => {
  const { grows, slope, first, last } = followMemory(
    course((minute) => Math.min(200, 100 + 20 * minute)),
    HOUR_MS,
  );
  expect({ grows, slope, first, last }).toEqual({ grows: false, slope: 0, first: 200, last: 200 });
});

it('tells a slow climb that is within what a run may grow', () => {
  const { grows, slope } = followMemory(
    course((minute) => 200 + minute / 3),
    HOUR_MS,
  );
  expect(grows).toBe(false);
  expect(slope).toBeCloseTo(20);
});

it('grows when it holds much more at the end', () => {
  expect(
    followMemory(
      course((minute) => 100 + minute),
      HOUR_MS,
    ),
  ).toMatchObject({ grows: true });
});

it('leaves out moments in which the process was gone', () => {
  const gaps = course((minute) => (minute % 2 === 0 ? 200 : NaN));
  expect(followMemory(gaps, HOUR_MS)).toEqual({ first: 200, last: 200, slope: 0, grows: false });
});
