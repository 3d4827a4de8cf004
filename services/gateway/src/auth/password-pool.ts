import { AppError } from '@rollcall/service-kit';
import { Tinypool } from 'tinypool';
import type { PasswordComputer } from './passwords.js';

export interface PasswordPool extends PasswordComputer {
  close(): Promise<void>;
}

/** Passwords that may wait for a thread, each about a quarter of a second: a flood of sign-ins must not fill the memory. */
const MAX_WAITING = 40;

/**
 * Computes in worker threads, so that signing in does not hold up frames.
 *
 * @param worker the compiled password-worker module.
 */
export function createPasswordPool(worker: URL): PasswordPool {
  const pool = new Tinypool({ filename: worker.href, minThreads: 0, maxThreads: 2, idleTimeout: 30_000 });
  let underWay = 0;
  /** @throws SERVICE_UNAVAILABLE when too many are waiting. */
  async function compute<Result>(name: string, input: object): Promise<Result> {
    if (underWay >= MAX_WAITING) throw new AppError('SERVICE_UNAVAILABLE', { retryAfterSeconds: 5 });
    underWay += 1;
    try {
      return (await pool.run(input, { name })) as Result;
    } finally {
      underWay -= 1;
    }
  }
  return {
    hash: (password, cost) => compute<string>('hashPassword', { password, cost }),
    compare: (password, hash) => compute<boolean>('comparePassword', { password, hash }),
    close: () => pool.destroy(),
  };
}
