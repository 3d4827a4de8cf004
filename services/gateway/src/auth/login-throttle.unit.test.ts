import { describe, expect, it } from 'vitest';
import type { AttemptCount } from '../data-access/sign-in-attempts.js';
import { createLoginThrottle, type LoginThrottle } from './login-throttle.js';

/** The two functions of the database, in memory (theirs are tested in db/src/functions/sign-in-attempts.int.test.ts). */
function throttleAt(start: string) {
  let now = new Date(start);
  const counts = new Map<string, { attempts: number; endsAt: Date }>();
  const throttle = createLoginThrottle({
    count(keys, { now: time, windowSeconds }) {
      const found = keys.map((key): AttemptCount => {
        const known = counts.get(key.toString('hex'));
        const endsAt = new Date(time.getTime() + windowSeconds * 1_000);
        const alive = known !== undefined && known.endsAt > time;
        const count = alive ? { ...known, attempts: known.attempts + 1 } : { attempts: 1, endsAt };
        counts.set(key.toString('hex'), count);
        return count;
      });
      return Promise.resolve(found);
    },
    forgive({ forget, lessen }) {
      for (const key of forget) counts.delete(key.toString('hex'));
      for (const key of lessen) {
        const count = counts.get(key.toString('hex'));
        if (count !== undefined) count.attempts -= 1;
      }
      return Promise.resolve();
    },
    clock: { now: () => now },
    secretKey: 'secret',
  });
  return { throttle, counts, wait: (seconds: number) => (now = new Date(now.getTime() + seconds * 1_000)) };
}

async function attempts(throttle: LoginThrottle, times: number, account: string, address: string): Promise<number[]> {
  const waits: number[] = [];
  for (let time = 0; time < times; time += 1) waits.push((await throttle.attempt(account, address)).waitSeconds);
  return waits;
}

const none = (times: number): number[] => Array.from({ length: times }, () => 0);

describe('createLoginThrottle', () => {
  it('makes who guesses wait, and nobody else', async () => {
    const { throttle, wait } = throttleAt('2025-03-03T09:00:00Z');
    expect(await attempts(throttle, 11, 'a', '192.0.2.1')).toEqual([...none(10), 300]);
    expect(await attempts(throttle, 1, 'a', '192.0.2.2')).toEqual([0]);
    expect(await attempts(throttle, 1, 'b', '192.0.2.1')).toEqual([0]);
    wait(299);
    expect(await attempts(throttle, 1, 'a', '192.0.2.1')).toEqual([1]);
    wait(1);
    expect(await attempts(throttle, 1, 'a', '192.0.2.1')).toEqual([0]);
  });

  it('says once that somebody has to wait', async () => {
    const { throttle } = throttleAt('2025-03-03T09:00:00Z');
    await attempts(throttle, 10, 'a', '192.0.2.1');
    const firsts = [await throttle.attempt('a', '192.0.2.1'), await throttle.attempt('a', '192.0.2.1')];
    expect(firsts.map(({ isFirst }) => isFirst)).toEqual([true, false]);
  });

  it('counts a network of somebody who has many addresses as one', async () => {
    const { throttle } = throttleAt('2025-03-03T09:00:00Z');
    const waits: number[] = [];
    for (let host = 1; host <= 11; host += 1) waits.push(...(await attempts(throttle, 1, 'a', `2001:db8::${host}`)));
    expect(waits).toEqual([...none(10), 300]);
  });

  it('leaves a few attempts to everybody while an account is attacked from everywhere, also to its owner', async () => {
    const { throttle } = throttleAt('2025-03-03T09:00:00Z');
    for (let host = 0; host < 50; host += 1) await attempts(throttle, 1, 'a', `198.51.100.${host}`);
    expect(await attempts(throttle, 4, 'a', '192.0.2.1')).toEqual([0, 0, 0, 300]);
    // The attack goes on, and a place nobody has tried from yet is still let in.
    for (let host = 100; host < 200; host += 1) await attempts(throttle, 5, 'a', `198.51.100.${host}`);
    expect(await attempts(throttle, 3, 'a', '203.0.113.7')).toEqual([0, 0, 0]);
    expect(await attempts(throttle, 4, 'b', '192.0.2.1')).toEqual(none(4));
  });

  it('forgets the failures of who gets in', async () => {
    const { throttle } = throttleAt('2025-03-03T09:00:00Z');
    await attempts(throttle, 9, 'a', '192.0.2.1');
    await throttle.succeeded('a', '192.0.2.1');
    expect(await attempts(throttle, 9, 'a', '192.0.2.1')).toEqual(none(9));
  });

  it('takes back what an address was charged for attempts that succeed', async () => {
    const { throttle } = throttleAt('2025-03-03T09:00:00Z');
    for (let account = 0; account < 150; account += 1) {
      await attempts(throttle, 1, `user-${account}`, '192.0.2.1');
      await throttle.succeeded(`user-${account}`, '192.0.2.1');
    }
    expect(await attempts(throttle, 1, 'somebody else', '192.0.2.1')).toEqual([0]);
  });

  it('makes an address wait that tries many accounts, or many tokens', async () => {
    const { throttle } = throttleAt('2025-03-03T09:00:00Z');
    for (let account = 0; account < 100; account += 1) await attempts(throttle, 1, `user-${account}`, '192.0.2.1');
    expect(await attempts(throttle, 1, 'somebody else', '192.0.2.1')).toEqual([300]);
    for (let token = 0; token < 100; token += 1) await throttle.refusedToken('192.0.2.9');
    expect(await throttle.refusedToken('192.0.2.9')).toMatchObject({ waitSeconds: 300 });
  });

  it('keeps no account and no address, and not their plain hashes', async () => {
    const { throttle, counts } = throttleAt('2025-03-03T09:00:00Z');
    await attempts(throttle, 1, 'ada@example.test', '192.0.2.1');
    expect([...counts.keys()].every((key) => /^[0-9a-f]{32}$/.test(key))).toBe(true);
    const other = createLoginThrottle({
      count: (keys) =>
        Promise.resolve(
          keys.map((key) => ({ attempts: counts.has(key.toString('hex')) ? 99 : 0, endsAt: new Date() })),
        ),
      forgive: () => Promise.resolve(),
      clock: { now: () => new Date(0) },
      secretKey: 'another secret',
    });
    expect(await other.attempt('ada@example.test', '192.0.2.1')).toMatchObject({ waitSeconds: 0 });
  });
});
