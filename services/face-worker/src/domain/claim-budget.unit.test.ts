import { describe, expect, it } from 'vitest';
import { claimBudget } from './claim-budget.js';

const idle = { children: 4, images: 0, requests: 0, registrations: 0, backlog: false };
const nothing = { total: 0, registrations: 0 };

describe('claimBudget', () => {
  it('asks for a frame for each free child and a stock', () => {
    expect(claimBudget(idle).total).toBe(6);
    expect(claimBudget({ ...idle, children: 1 }).total).toBe(3);
  });

  it('asks at once while a child has nothing to do', () => {
    expect(claimBudget({ ...idle, images: 3, requests: 3 }).total).toBe(3);
  });

  it('asks again when half the stock is gone, not for every frame', () => {
    expect(claimBudget({ ...idle, images: 6, requests: 6 })).toEqual(nothing);
    expect(claimBudget({ ...idle, images: 5, requests: 6 })).toEqual(nothing);
    expect(claimBudget({ ...idle, images: 4, requests: 6 }).total).toBe(2);
  });

  it('takes a backlog in larger portions', () => {
    const behind = { ...idle, backlog: true };
    expect(claimBudget(behind).total).toBe(28);
    expect(claimBudget({ ...behind, images: 16, requests: 16 })).toEqual(nothing);
    expect(claimBudget({ ...behind, images: 15, requests: 16 }).total).toBe(13);
  });

  it('asks for nothing while the images of registrations fill the children', () => {
    expect(claimBudget({ ...idle, images: 10, requests: 2 })).toEqual(nothing);
  });

  it('gives registrations half the children, but always one', () => {
    expect(claimBudget(idle).registrations).toBe(2);
    expect(claimBudget({ ...idle, images: 1, requests: 2, registrations: 2 }).registrations).toBe(0);
    expect(claimBudget({ ...idle, children: 1 }).registrations).toBe(1);
  });

  it('claims nothing more while the database is behind with writing results', () => {
    expect(claimBudget({ ...idle, requests: 48 })).toEqual(nothing);
    expect(claimBudget({ ...idle, requests: 46 }).total).toBe(2);
  });
});
