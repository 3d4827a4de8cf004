import { InvalidEventError } from '@rollcall/contracts';

const SQLSTATE = /^[0-9A-Z]{5}$/;

/** A code word for what went wrong with an event: it may be told, unlike the message, which may hold what was in it. */
export function failureCode(failure: Error): string {
  if (failure instanceof InvalidEventError) return 'INVALID_EVENT';
  const { code } = failure as { code?: unknown };
  if (typeof code === 'string' && SQLSTATE.test(code)) return `SQLSTATE_${code}`;
  const words = failure.name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
  return /^[A-Z][A-Z0-9_]{0,79}$/.test(words) ? words : 'ERROR';
}
