import { isTransient } from './is-transient.js';

/** Codes of the system and of the object store that speak of storage being away, full or overtaxed. */
const STORAGE_TROUBLES = new Set([
  'STORAGE_FULL',
  'OBJECT_NOT_FOUND',
  'EIO',
  'ESTALE',
  'EMFILE',
  'ENFILE',
  'ENOSPC',
  'EROFS',
]);

/** Whether work broke off over the state of storage or database and not over the request: it may succeed later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError) return false;
  const { code } = error as { readonly code?: unknown };
  if (typeof code === 'string' && STORAGE_TROUBLES.has(code)) return true;
  // A fault of our own code carries no code; what a connection says when it breaks does not either, so its words count.
  if (typeof code !== 'string') return error instanceof Error && /connection|timeout/i.test(error.message);
  return isTransient(error);
}
