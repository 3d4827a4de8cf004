import { describe, expect, it, vi } from 'vitest';
import { createKeyUsage, type KeyUse } from './key-usage.js';

const times = ['09:00', '09:01', '09:02', '09:03'].map((time) => new Date(`2025-03-03T${time}:00Z`));

function usage(write: (uses: readonly KeyUse[]) => Promise<void>) {
  const clock = { now: vi.fn(() => new Date(0)) };
  for (const time of times) clock.now.mockReturnValueOnce(time);
  const onError = vi.fn();
  return { onError, used: createKeyUsage({ write, clock, intervalMs: 60_000, onError }) };
}

describe('createKeyUsage', () => {
  it('writes each key once, however often it was used, and nothing when none was', async () => {
    const write = vi.fn(() => Promise.resolve());
    const { used } = usage(write);
    await used.flush();
    for (const key of ['a', 'b', 'a']) used.note(key);
    await used.flush();
    await used.close();
    expect(write.mock.calls).toEqual([
      [
        [
          { apiKeyId: 'a', usedAt: times[2] },
          { apiKeyId: 'b', usedAt: times[1] },
        ],
      ],
    ]);
  });

  it('keeps what could not be written for the next time, and what is newer wins', async () => {
    const write = vi.fn((_uses: readonly KeyUse[]) => Promise.resolve());
    const { used, onError } = usage(write);
    const trouble = new Error('no database');
    write.mockImplementationOnce(() => {
      used.note('a');
      return Promise.reject(trouble);
    });
    used.note('a');
    used.note('b');
    await used.flush();
    expect(onError).toHaveBeenCalledWith(trouble);
    await used.close();
    expect(write.mock.lastCall).toEqual([
      [
        { apiKeyId: 'a', usedAt: times[2] },
        { apiKeyId: 'b', usedAt: times[1] },
      ],
    ]);
  });
});
