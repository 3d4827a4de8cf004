import { compareSync, hashSync } from 'bcryptjs';

/** Runs in a worker thread: bcrypt is a quarter of a second of pure computing, which must not stop the event loop. */
export function hashPassword({ password, cost }: { readonly password: string; readonly cost: number }): string {
  return hashSync(password, cost);
}

export function comparePassword({ password, hash }: { readonly password: string; readonly hash: string }): boolean {
  return compareSync(password, hash);
}
