import { describe, expect, it } from 'vitest';
import { createBacklogLimit, type Backlog } from './backlog-limit.js';

describe('the limit of the backlog', () => {
  let time = 0;
  const errors: unknown[] = [];

  async function limitWith(waiting: Record<string, number>, most = 100) {
    let looks = 0;
    let answer: () => Promise<Backlog> = () => Promise.resolve(new Map(Object.entries(waiting)));
    const limit = createBacklogLimit({
      most,
      look: () => {
        looks += 1;
        return answer();
      },
      lookEveryMs: 1_000,
      now: () => time,
      onError: (error) => errors.push(error),
    });
    limit.check('anybody'); // the first look
    await Promise.resolve();
    await Promise.resolve();
    return { limit, looks: () => looks, fail: () => (answer = () => Promise.reject(new Error('gone'))) };
  }
  const refused = expect.objectContaining({ code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 10 }) as Error;

  it('lets everybody in below the limit', async () => {
    const { limit } = await limitWith({ school: 60, factory: 39 });
    expect(() => limit.check('school')).not.toThrow();
  });

  it('asks who holds their share to come again, and lets others in', async () => {
    const { limit } = await limitWith({ school: 70, factory: 30 });
    expect(() => limit.check('school')).toThrow(refused);
    expect(() => limit.check('factory')).not.toThrow();
    expect(() => limit.check('nobody-yet')).not.toThrow();
  });

  it('is closed for the only one who waits', async () => {
    const { limit } = await limitWith({ school: 100 });
    expect(() => limit.check('school')).toThrow(refused);
  });

  it('looks at most once within its time, and keeps the last look when one fails', async () => {
    const { limit, looks, fail } = await limitWith({ school: 100 });
    fail();
    time += 999;
    expect(() => limit.check('school')).toThrow(refused);
    expect(looks()).toBe(1);
    time += 1;
    expect(() => limit.check('school')).toThrow(refused);
    expect(() => limit.check('school')).toThrow(refused);
    expect(looks()).toBe(2);
    await Promise.resolve();
    await Promise.resolve();
    expect(errors).toHaveLength(1);
    expect(() => limit.check('school')).toThrow(refused);
  });
});
