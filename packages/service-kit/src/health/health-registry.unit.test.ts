import { describe, expect, it } from 'vitest';
import { createHealthRegistry } from './health-registry.js';

const clock = { now: () => new Date('2025-03-03T08:00:00Z') };

describe('health registry', () => {
  it('reports every part with its figures', async () => {
    const registry = createHealthRegistry({ clock });
    registry.register('database', () => ({ state: 'ok', figures: { connections: 4 } }));
    const report = await registry.report();
    expect(report).toMatchObject({ state: 'ok', checked_at: '2025-03-03T08:00:00.000Z' });
    expect(report.parts['database']).toMatchObject({ state: 'ok', figures: { connections: 4 } });
  });

  it('is as bad as its worst part, a part that is not critical only degrades', async () => {
    const registry = createHealthRegistry({ clock });
    registry.register('database', () => ({ state: 'ok' }));
    registry.register('doorbell', () => ({ state: 'failed' }), { critical: false });
    expect((await registry.report()).state).toBe('degraded');
    registry.register('storage', () => ({ state: 'failed' }));
    expect((await registry.report()).state).toBe('failed');
  });

  it('takes a throwing check and one that never answers as failed', async () => {
    const registry = createHealthRegistry({ clock });
    let aborted = false;
    registry.register('throws', () => Promise.reject(new Error('no route')));
    registry.register(
      'hangs',
      (signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => (aborted = true));
        }),
      { timeoutMs: 5 },
    );
    const { state, parts } = await registry.report();
    expect(state).toBe('failed');
    expect(parts['throws']).toMatchObject({ state: 'failed', message: 'no route' });
    expect(parts['hangs']).toMatchObject({ state: 'failed', message: 'no answer within 5 ms' });
    expect(aborted).toBe(true);
  });

  it('refuses a second check of the same name', () => {
    const registry = createHealthRegistry();
    registry.register('database', () => ({ state: 'ok' }));
    expect(() => registry.register('database', () => ({ state: 'ok' }))).toThrow(/twice/);
  });
});
