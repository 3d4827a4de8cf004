import { describe, expect, it } from 'vitest';
import { claimBudget } from './claim-budget.js';

const idle = { children: 4, images: 0, requests: 0, registrations: 0 };

describe('claimBudget', () => {
  it('asks for a frame for each free child and one ahead', () => {
    expect(claimBudget(idle).total).toBe(5);
    expect(claimBudget({ ...idle, images: 4, requests: 4 }).total).toBe(1);
  });

  it('asks for nothing when the one ahead is there', () => {
    expect(claimBudget({ ...idle, images: 5, requests: 5 })).toEqual({ total: 0, registrations: 0 });
    expect(claimBudget({ ...idle, images: 9, requests: 4 })).toEqual({ total: 0, registrations: 0 });
  });

  it('gives registrations half the children, but always one', () => {
    expect(claimBudget(idle).registrations).toBe(2);
    expect(claimBudget({ ...idle, images: 1, requests: 2, registrations: 2 }).registrations).toBe(0);
    expect(claimBudget({ ...idle, children: 1 }).registrations).toBe(1);
  });

  it('claims nothing more while the database is behind with writing results', () => {
    expect(claimBudget({ ...idle, requests: 40 }).total).toBe(0);
    expect(claimBudget({ ...idle, requests: 38 }).total).toBe(2);
  });
});
