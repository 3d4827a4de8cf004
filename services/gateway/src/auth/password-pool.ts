import { Tinypool } from 'tinypool';
import { createPasswordPlaces } from './password-places.js';
import type { PasswordComputer } from './passwords.js';

export interface PasswordPool extends PasswordComputer {
  close(): Promise<void>;
}

/**
 * Computes in worker threads, so that signing in does not hold up frames.
 *
 * @param worker the compiled password-worker module.
 */
export function createPasswordPool(worker: URL): PasswordPool {
  const pool = new Tinypool({ filename: worker.href, minThreads: 0, maxThreads: 2, idleTimeout: 30_000 });
  const places = createPasswordPlaces();
  return {
    async hash(password, { cost, holder }) {
      const giveBack = places.take(holder);
      return (pool.run({ password, cost }, { name: 'hashPassword' }) as Promise<string>).finally(giveBack);
    },
    async compare(password, { hash, holder }) {
      const giveBack = places.take(holder);
      return (pool.run({ password, hash }, { name: 'comparePassword' }) as Promise<boolean>).finally(giveBack);
    },
    close: () => pool.destroy(),
  };
}
