import { describe, expect, it } from 'vitest';
import { ChildSlots } from './child-slots.js';

describe('ChildSlots', () => {
  it('lets at most its size in, the others in the order they came', async () => {
    const slots = new ChildSlots(2);
    const first = await slots.acquire();
    const second = await slots.acquire();
    const order: string[] = [];
    const third = slots.acquire().then((release) => (order.push('third'), release));
    const fourth = slots.acquire().then((release) => (order.push('fourth'), release));
    expect([slots.busy, slots.waiting]).toEqual([2, 2]);

    second?.();
    (await third)?.();
    await fourth;
    first?.();

    expect(order).toEqual(['third', 'fourth']);
    expect([slots.busy, slots.waiting]).toEqual([1, 0]);
  });

  it('counts a slot that is given back twice once', async () => {
    const slots = new ChildSlots(1);
    const release = await slots.acquire();
    release?.();
    release?.();
    expect(slots.busy).toBe(0);
    await slots.acquire();
    expect(slots.busy).toBe(1);
  });

  it('answers a cancelled wait with nothing and keeps the holders', async () => {
    const slots = new ChildSlots(1);
    await slots.acquire();
    const waiting = slots.acquire();
    slots.cancelWaiting();
    expect(await waiting).toBeUndefined();
    expect([slots.busy, slots.waiting]).toEqual([1, 0]);
  });
});
