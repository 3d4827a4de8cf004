import { startCursor, type Cursor } from '@rollcall/event-log';
import { afterEach, describe, expect, it } from 'vitest';
import { createFeedAdmission } from './feed-admission.js';
import type { FeedPage, FeedRow } from './feed-page.js';
import { followFeed, type Follower } from './follow-feed.js';
import { createTails, type Tails } from './tails.js';

interface Row extends FeedRow {
  readonly number: number;
}

const place = (number: number): Cursor => ({ epoch: 1, xid: String(number), position: '1' });
const numbersOf = ({ rows }: FeedPage<Row>): number[] => rows.map(({ number }) => number);

/** A log in memory, and how often it was read by the tail and by followers themselves. */
function createLog() {
  const rows: Row[] = [];
  const reads = { tail: 0, own: 0 };
  const pageAfter = (after: Cursor, limit: number, wanted: (row: Row) => boolean = () => true): FeedPage<Row> => {
    const later = rows.filter(({ number }) => number > Number(after.xid)).slice(0, limit);
    return { rows: later.filter(wanted), next: later.at(-1)?.key ?? after, more: later.length === limit };
  };
  const tails = createTails<Row>({
    sourceOf: () => ({
      readHorizon: () => Promise.resolve(place(rows.length)),
      readAfter: (after) => {
        reads.tail += 1;
        return Promise.resolve(pageAfter(after, 200));
      },
    }),
    onError: (error) => {
      throw error;
    },
  });
  const leaving = new AbortController();
  return {
    ...{ tails, reads, leaving },
    write(count = 1): void {
      for (let left = count; left > 0; left -= 1) rows.push({ key: place(rows.length + 1), number: rows.length + 1 });
    },
    follow: (wanted: (row: Row) => boolean = () => true, limit = 50): Follower<Row> =>
      followFeed({
        ...{ tails, organizationId: 'one', after: startCursor, limit, wanted, signal: leaving.signal },
        readPast: (after) => {
          reads.own += 1;
          return Promise.resolve(pageAfter(after, limit, wanted));
        },
        now: () => performance.now(),
      }),
  };
}

const toStop: Tails<Row>[] = [];
afterEach(async () => {
  for (const tails of toStop.splice(0)) await tails.stop();
});
function startLog() {
  const log = createLog();
  toStop.push(log.tails);
  return log;
}

describe('followers of a feed', () => {
  it('read what lies back themselves, and what comes together', async () => {
    const log = startLog();
    log.write(120);
    const followers = Array.from({ length: 20 }, () => log.follow());
    for (const follower of followers) {
      expect(numbersOf(await follower.next(0))).toHaveLength(50);
      expect(numbersOf(await follower.next(0))).toHaveLength(50);
      expect(numbersOf(await follower.next(0)).at(-1)).toBe(120);
    }
    const waiting = followers.map((follower) => follower.next(60_000));
    log.write();
    log.tails.ring();
    expect((await Promise.all(waiting)).map(numbersOf)).toEqual(followers.map(() => [121]));
    const own = log.reads.own;
    const again = followers.map((follower) => follower.next(60_000));
    log.write(3);
    log.tails.ring();
    expect((await Promise.all(again)).map(numbersOf)).toEqual(followers.map(() => [122, 123, 124]));
    expect(log.reads.own).toBe(own);
    expect(log.reads.tail).toBeLessThan(10);
  });

  it('that are further behind than the tail keeps go back to the log, and miss nothing', async () => {
    const log = startLog();
    const [eager, lazy] = [log.follow(), log.follow()];
    const stood: number[] = [];
    for (const follower of [eager, lazy]) {
      const first = follower.next(60_000);
      log.write();
      log.tails.ring();
      stood.push(numbersOf(await first).at(-1) ?? 0);
    }
    const seen: number[] = [];
    while (seen.at(-1) !== 1_202) {
      const next = eager.next(60_000);
      if (seen.length === 0) log.write(1_200);
      log.tails.ring();
      seen.push(...numbersOf(await next));
    }
    const late: number[] = [];
    while (late.at(-1) !== 1_202) late.push(...numbersOf(await lazy.next(60_000)));
    const from = (number: number) => Array.from({ length: 1_202 - number }, (_, index) => number + 1 + index);
    expect(seen).toEqual(from(stood[0] ?? 0));
    expect(late).toEqual(from(stood[1] ?? 0));
  });

  it('wait past what they do not want', async () => {
    const log = startLog();
    const even = log.follow(({ number }) => number % 2 === 0);
    const waiting = even.next(60_000);
    log.write();
    log.tails.ring();
    log.write();
    log.tails.ring();
    expect(numbersOf(await waiting)).toEqual([2]);
  });

  it('are let go by their caller, by the end of the process, and by the clock', async () => {
    const log = startLog();
    const gone = log.follow().next(60_000);
    const timed = log.follow().next(1);
    expect(numbersOf(await timed)).toEqual([]);
    log.leaving.abort();
    expect(numbersOf(await gone)).toEqual([]);
    const other = startLog();
    const ended = other.follow().next(60_000);
    await Promise.resolve();
    await other.tails.stop();
    expect(numbersOf(await ended)).toEqual([]);
  });
});

describe('admission', () => {
  it('lets each in so many times, and all together', () => {
    const admission = createFeedAdmission({ most: 3, mostPerCaller: 2 });
    const leave = admission.enter('a');
    admission.enter('a');
    expect(() => admission.enter('a')).toThrow(expect.objectContaining({ code: 'TOO_MANY_REQUESTS' }));
    admission.enter('b');
    expect(() => admission.enter('c')).toThrow(expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }));
    leave();
    leave();
    expect(admission.inside).toBe(2);
    admission.enter('a');
    expect(admission.inside).toBe(3);
  });
});
