import { describe, expect, it } from 'vitest';
import { followFeed, type FeedPage } from './follow-feed.js';

/** A feed of pages by the cursor they are asked with; every question is noted. */
function feed(pages: Record<string, FeedPage<string>>) {
  const asked: [string | undefined, number][] = [];
  const read = (after: string | undefined, wait: number) => {
    asked.push([after, wait]);
    return Promise.resolve(pages[after ?? 'start'] ?? { data: [], nextCursor: after ?? null });
  };
  return { asked, read };
}

describe('followFeed', () => {
  it('reads to the end, also past a page whose rows were all filtered out', async () => {
    const { read } = feed({
      start: { data: ['a'], nextCursor: '1' },
      1: { data: [], nextCursor: '2' },
      2: { data: ['b'], nextCursor: '3' },
    });
    const printed: string[] = [];
    const print = (row: string) => printed.push(row);
    const end = await followFeed({ read, print, follow: false, signal: new AbortController().signal });
    expect([printed, end]).toEqual([['a', 'b'], '3']);
  });

  it('waits at the end until it is interrupted', async () => {
    const interruption = new AbortController();
    const { asked, read } = feed({ start: { data: ['a'], nextCursor: '1' } });
    const readTwice = (after: string | undefined, wait: number) => {
      if (wait > 0) interruption.abort();
      return read(after, wait);
    };
    await followFeed({ read: readTwice, print: () => undefined, follow: true, signal: interruption.signal });
    expect(asked.map(([after, wait]) => [after, wait > 0])).toEqual([
      [undefined, false],
      ['1', false],
      ['1', true],
    ]);
  });
});
