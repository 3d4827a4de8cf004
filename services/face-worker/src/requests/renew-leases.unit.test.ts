import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aFrame, aRegistration } from '../testing/requests.test.js';
import { renewLeases } from './renew-leases.js';
import { WorkInHand } from './work-in-hand.js';

let inHand: WorkInHand;
let renewed: string[][];
let lost: string[];
let errors: unknown[];
let renew: (ids: readonly string[]) => Promise<readonly string[]>;
let leases: { stop(): void };

beforeEach(() => {
  vi.useFakeTimers();
  inHand = new WorkInHand();
  renewed = [];
  lost = [];
  errors = [];
  renew = (ids) => Promise.resolve(ids);
  leases = renewLeases({
    inHand,
    leaseMs: 9_000,
    renew: (recognitions, registrations) => {
      const ids = [...recognitions, ...registrations];
      renewed.push(ids);
      return renew(ids);
    },
    onLost: (id) => lost.push(id),
    onError: (error) => errors.push(error),
  });
});
afterEach(() => {
  leases.stop();
  vi.useRealTimers();
});

const third = () => vi.advanceTimersByTimeAsync(3_000);

describe('renewLeases', () => {
  it('prolongs everything in hand three times a lease, and asks nothing when there is nothing', async () => {
    await third();
    inHand.add(aFrame());
    inHand.add(aRegistration());
    await third();
    await third();
    expect(renewed).toEqual([
      ['frame-1', 'registration-1'],
      ['frame-1', 'registration-1'],
    ]);
  });

  it('takes nothing for lost that was claimed anew while the answer was under way', async () => {
    inHand.add(aFrame({ id: 'claimed anew' }));
    inHand.add(aFrame({ id: 'ended and claimed' }));
    renew = () => {
      inHand.add(aFrame({ id: 'claimed anew' }));
      inHand.end('ended and claimed');
      inHand.add(aFrame({ id: 'ended and claimed' }));
      return Promise.resolve([]);
    };
    await third();
    expect(lost).toEqual([]);
    await third();
    expect(lost).toEqual([]);
    renew = () => Promise.resolve([]);
    await third();
    expect(lost).toEqual(['claimed anew', 'ended and claimed']);
  });

  it('marks what is no longer ours and leaves it out afterwards', async () => {
    inHand.add(aFrame({ id: 'kept' }));
    inHand.add(aFrame({ id: 'gone' }));
    renew = (ids) => Promise.resolve(ids.filter((id) => id === 'kept'));
    await third();
    await third();
    expect(lost).toEqual(['gone']);
    expect([inHand.isLost('gone'), inHand.isLost('kept')]).toEqual([true, false]);
    expect(renewed[1]).toEqual(['kept']);
  });

  it('does not call lost what ended meanwhile', async () => {
    inHand.add(aFrame());
    renew = () => {
      inHand.end('frame-1');
      return Promise.resolve([]);
    };
    await third();
    expect(lost).toEqual([]);
  });

  it('tries again after an error and never runs twice at once', async () => {
    inHand.add(aFrame());
    renew = () => Promise.reject(new Error('away'));
    await third();
    expect(errors).toHaveLength(1);
    let answer: (ids: readonly string[]) => void = () => undefined;
    renew = () => new Promise((resolve) => (answer = resolve));
    await third();
    await third();
    expect(renewed).toHaveLength(2);
    answer(['frame-1']);
    await third();
    expect(renewed).toHaveLength(3);
  });
});
