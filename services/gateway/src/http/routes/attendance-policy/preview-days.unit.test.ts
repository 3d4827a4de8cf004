import { describe, expect, it } from 'vitest';
import { previewDays, type PreviewBounds, type PreviewedDay } from './preview-days.js';

const bounds: PreviewBounds = { days: 1_000, milliseconds: 3_000, daysAPage: 100 };
const span = (people: number, dates: number) => ({
  dates: Array.from({ length: dates }, (_, index) => `2025-03-${String(index + 1).padStart(2, '0')}`),
  userIds: Array.from({ length: people }, (_, index) => `p${index}`),
});

/** Previews a span; each page takes so long, or is given up when that is null. */
async function preview(people: number, dates: number, pages: (page: number) => number | null = () => 1) {
  const seen: PreviewedDay[][] = [];
  let now = 0;
  const { figures } = await previewDays(span(people, dates), bounds, {
    monotonicNow: () => now,
    signal: new AbortController().signal,
    compare: (days) => {
      seen.push([...days]);
      const took = pages(seen.length);
      now += took ?? 2_000;
      return Promise.resolve(took === null ? undefined : []);
    },
  });
  return { figures, seen };
}

describe('a preview', () => {
  it('computes every day of everybody once, by date and person', async () => {
    const { figures, seen } = await preview(70, 3);
    expect(figures).toEqual({ days: 210, examined: 210, complete: true, limit_reached: null });
    const days = seen.flat().map(({ userId, workDate }) => `${workDate} ${userId}`);
    expect(new Set(days).size).toBe(210);
    expect(seen.map(({ length }) => length)).toEqual([100, 100, 10]);
    expect([days[0], days[70]]).toEqual(['2025-03-01 p0', '2025-03-02 p0']);
  });

  it('stops at its number of days, and says so', async () => {
    const { figures } = await preview(5_000, 31);
    expect(figures).toEqual({ days: 155_000, examined: 1_000, complete: false, limit_reached: 'DAYS' });
  });

  it('begins no page after its time, and says so', async () => {
    const { figures, seen } = await preview(5_000, 31, () => 1_500);
    expect(figures).toEqual({ days: 155_000, examined: 200, complete: false, limit_reached: 'TIME' });
    expect(seen).toHaveLength(2);
  });

  it('gives up with a page that took too long, with what it has', async () => {
    const { figures } = await preview(300, 1, (page) => (page === 3 ? null : 1));
    expect(figures).toEqual({ days: 300, examined: 200, complete: false, limit_reached: 'TIME' });
  });

  it('that ends with its last page just in time is complete', async () => {
    const { figures } = await preview(100, 1, () => 9_000);
    expect(figures).toMatchObject({ complete: true, limit_reached: null });
  });

  it('of nobody is complete', async () => {
    expect((await preview(0, 31)).figures).toEqual({ days: 0, examined: 0, complete: true, limit_reached: null });
  });
});
