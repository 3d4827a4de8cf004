import { Tinypool } from 'tinypool';
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
  return {
    hash: (password, cost) => pool.run({ password, cost }, { name: 'hashPassword' }) as Promise<string>,
    compare: (password, hash) => pool.run({ password, hash }, { name: 'comparePassword' }) as Promise<boolean>,
    close: () => pool.destroy(),
  };
}
