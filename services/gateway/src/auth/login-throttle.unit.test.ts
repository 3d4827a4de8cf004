import { describe, expect, it } from 'vitest';
import { createLoginThrottle } from './login-throttle.js';

function throttleAt(start: string) {
  let now = new Date(start);
  const throttle = createLoginThrottle({ now: () => now });
  return { throttle, wait: (seconds: number) => (now = new Date(now.getTime() + seconds * 1_000)) };
}

function fail(throttle: ReturnType<typeof createLoginThrottle>, times: number, email: string, address: string) {
  for (let count = 0; count < times; count += 1) throttle.attempted(email, address);
}

describe('createLoginThrottle', () => {
  it('makes who guesses wait, and nobody else', () => {
    const { throttle, wait } = throttleAt('2025-03-03T09:00:00Z');
    fail(throttle, 9, 'a', '192.0.2.1');
    expect(throttle.waitSeconds('a', '192.0.2.1')).toBe(0);
    fail(throttle, 1, 'a', '192.0.2.1');
    expect(throttle.waitSeconds('a', '192.0.2.1')).toBe(300);
    expect(throttle.waitSeconds('a', '192.0.2.2')).toBe(0);
    expect(throttle.waitSeconds('b', '192.0.2.1')).toBe(0);
    wait(300);
    expect(throttle.waitSeconds('a', '192.0.2.1')).toBe(0);
    fail(throttle, 1, 'a', '192.0.2.1');
    expect(throttle.waitSeconds('a', '192.0.2.1')).toBe(0);
  });

  it('forgets the failures of who gets in', () => {
    const { throttle } = throttleAt('2025-03-03T09:00:00Z');
    fail(throttle, 9, 'a', '192.0.2.1');
    throttle.succeeded('a', '192.0.2.1');
    fail(throttle, 9, 'a', '192.0.2.1');
    expect(throttle.waitSeconds('a', '192.0.2.1')).toBe(0);
  });

  it('takes back what an address was charged for attempts that succeed', () => {
    const { throttle } = throttleAt('2025-03-03T09:00:00Z');
    for (let account = 0; account < 150; account += 1) {
      throttle.attempted(`user-${account}`, '192.0.2.1');
      throttle.succeeded(`user-${account}`, '192.0.2.1');
    }
    expect(throttle.waitSeconds('somebody else', '192.0.2.1')).toBe(0);
  });

  it('makes an address wait that tries many accounts', () => {
    const { throttle } = throttleAt('2025-03-03T09:00:00Z');
    for (let account = 0; account < 100; account += 1) throttle.attempted(`user-${account}`, '192.0.2.1');
    expect(throttle.waitSeconds('somebody else', '192.0.2.1')).toBe(300);
  });
});
