import { describe, expect, it } from 'vitest';
import type { BatchEffects } from './batch-effects.js';
import { noEffects } from './batch-effects.js';
import { createToldMemory } from './told-memory.js';

const effects = (...ids: string[]): BatchEffects => {
  const items = ids.map((id) => ({ id })) as never[];
  return { ...noEffects, logs: items, records: items, derivedEvents: items, notifications: items };
};

describe('what was told', () => {
  it('is left out the next time, while sightings and records stay', () => {
    const memory = createToldMemory();
    expect(memory.withoutTold(effects('a'))).toEqual(effects('a'));
    memory.remember(effects('a'));
    expect(memory.withoutTold(effects('a', 'b'))).toEqual({
      ...effects('a', 'b'),
      derivedEvents: [{ id: 'b' }],
      notifications: [{ id: 'b' }],
    });
  });

  it('is told again when its transaction did not commit', () => {
    const memory = createToldMemory();
    memory.withoutTold(effects('a'));
    expect(memory.withoutTold(effects('a'))).toEqual(effects('a'));
  });

  it('does not grow without end', () => {
    const memory = createToldMemory();
    for (let count = 0; count < 30_000; count += 1) memory.remember(effects(String(count)));
    expect(memory.withoutTold(effects('0')).notifications).toHaveLength(1);
    expect(memory.withoutTold(effects('29999')).notifications).toHaveLength(0);
  });
});
