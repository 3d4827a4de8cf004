import { describe, expect, it } from 'vitest';
import { createPasswordPlaces, MOST_OF_CALLER, MOST_OF_CALLERS, MOST_PLACES } from './password-places.js';

const times = <Result>(count: number, act: (index: number) => Result): Result[] =>
  Array.from({ length: count }, (_, index) => act(index));

describe('createPasswordPlaces', () => {
  it('lets a caller hold two, and takes the next when one is given back', () => {
    const places = createPasswordPlaces();
    const [giveBack] = times(MOST_OF_CALLER, () => places.take({ caller: 'ada' }));
    expect(() => places.take({ caller: 'ada' })).toThrow(expect.objectContaining({ code: 'TOO_MANY_REQUESTS' }));
    places.take({ caller: 'grace' });
    giveBack?.();
    places.take({ caller: 'ada' });
    expect(() => places.take({ caller: 'ada' })).toThrow(expect.objectContaining({ code: 'TOO_MANY_REQUESTS' }));
  });

  it('keeps places for who comes in, however many callers there are', () => {
    const places = createPasswordPlaces();
    const held = times(MOST_OF_CALLERS, (index) => places.take({ caller: `caller ${index}` }));
    expect(() => places.take({ caller: 'one more' })).toThrow(expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }));
    times(MOST_PLACES - MOST_OF_CALLERS, () => places.take('entry'));
    expect(() => places.take('entry')).toThrow(expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }));
    held.forEach((giveBack) => giveBack());
    places.take('entry');
    places.take({ caller: 'one more' });
  });

  it('takes nothing from a caller who was refused for want of places', () => {
    const places = createPasswordPlaces();
    const entries = times(MOST_PLACES, () => places.take('entry'));
    expect(() => places.take({ caller: 'ada' })).toThrow(expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }));
    entries.forEach((giveBack) => giveBack());
    times(MOST_OF_CALLER, () => places.take({ caller: 'ada' }));
  });
});
