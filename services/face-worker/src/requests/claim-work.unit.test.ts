import { beforeEach, describe, expect, it } from 'vitest';
import type { ClaimBudget } from '../domain/claim-budget.js';
import { aFrame, aRegistration } from '../testing/requests.test.js';
import type { ClaimedRequest } from './claimed-requests.js';
import { createClaimWork } from './claim-work.js';
import { WorkInHand } from './work-in-hand.js';

let queue: ClaimedRequest[];
let asked: ClaimBudget[];
let begun: string[];
let busy: number;
let inHand: WorkInHand;

beforeEach(() => {
  queue = [];
  asked = [];
  begun = [];
  busy = 0;
  inHand = new WorkInHand();
});

const create = () =>
  createClaimWork({
    inHand,
    claim: (budget) => {
      asked.push(budget);
      return Promise.resolve(queue.splice(0, budget.total));
    },
    pipeline: { figures: () => ({ children: 2, busy: Math.min(busy, 2), waiting: Math.max(0, busy - 2) }) },
    begin: ({ id }) => {
      begun.push(id);
      busy++;
    },
  });
const frames = (count: number) => Array.from({ length: count }, (_, index) => aFrame({ id: `frame-${index}` }));

describe('claimWork', () => {
  it('takes what there is room for and remembers that more is waiting', async () => {
    queue = frames(20);
    const claimWork = create();
    expect(await claimWork.run()).toBe(true);
    expect(begun).toEqual(['frame-0', 'frame-1', 'frame-2', 'frame-3']);
    expect(await claimWork.run()).toBe(false);
    expect(begun).toHaveLength(14);
    expect(claimWork.isWorthwhile()).toBe(false);
    busy = 5;
    expect(claimWork.isWorthwhile()).toBe(true);
  });

  it('takes small portions again when the backlog is gone', async () => {
    queue = frames(6);
    const claimWork = create();
    await claimWork.run();
    await claimWork.run();
    expect(begun).toHaveLength(6);
    busy = 0;
    claimWork.expectMore();
    await claimWork.run();
    expect(asked.map(({ total }) => total)).toEqual([4, 10, 4]);
  });

  it('asks the database nothing while there is no room, but does later', async () => {
    busy = 4;
    const claimWork = create();
    expect(await claimWork.run()).toBe(false);
    expect(asked).toEqual([]);
    busy = 2;
    expect(claimWork.isWorthwhile()).toBe(true);
    await claimWork.run();
    expect(asked[0]?.total).toBe(2);
  });

  it('knows when it has taken all', async () => {
    queue = frames(1);
    const claimWork = create();
    await claimWork.run();
    expect(claimWork.isWorthwhile()).toBe(false);
    claimWork.expectMore();
    expect(claimWork.isWorthwhile()).toBe(true);
  });

  it('asks for no more registrations than their share, and again when one has ended', async () => {
    queue = [aRegistration({ id: 'registration-1' })];
    const claimWork = create();
    await claimWork.run();
    expect(asked[0]).toEqual({ total: 4, registrations: 1 });
    expect(claimWork.isWorthwhile()).toBe(true);
    await claimWork.run();
    expect(asked[1]).toEqual({ total: 3, registrations: 0 });
    inHand.end('registration-1');
    await claimWork.run();
    expect(asked[2]?.registrations).toBe(1);
  });

  it('does not begin twice what it claimed again after its own lease ran out', async () => {
    queue = frames(1);
    const claimWork = create();
    await claimWork.run();
    inHand.markLost('frame-0');
    queue = frames(1);
    await claimWork.run();
    expect(begun).toEqual(['frame-0']);
    expect(inHand.isLost('frame-0')).toBe(false);
  });
});
