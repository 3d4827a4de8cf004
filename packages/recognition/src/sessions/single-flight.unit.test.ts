import { describe, expect, it } from 'vitest';
import { singleFlight } from './single-flight.js';

describe('a single flight', () => {
  it('is shared by calls made while it runs and afterwards', async () => {
    let loads = 0;
    const load = singleFlight(async () => {
      loads += 1;
      await Promise.resolve();
      return { loads };
    });
    const [first, second] = await Promise.all([load(), load()]);
    expect(second).toBe(first);
    expect(await load()).toBe(first);
    expect(loads).toBe(1);
  });

  it('starts again after a failure', async () => {
    let loads = 0;
    const load = singleFlight(() => {
      loads += 1;
      return loads === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve('there');
    });
    await expect(load()).rejects.toThrow('not yet');
    expect(await load()).toBe('there');
  });
});
