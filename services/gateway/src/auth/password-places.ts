import { AppError } from '@rollcall/service-kit';

/** Passwords that may wait for a thread, each about a quarter of a second: a flood of them must not fill the memory. */
export const MOST_PLACES = 40;
/** Those of them that callers who are signed in may hold together. The others are for who is still to come in. */
export const MOST_OF_CALLERS = 10;
export const MOST_OF_CALLER = 2;

/**
 * For whom a password is computed: the id of the person who calls, or `entry` for somebody who signs in or checks in. A place
 * is always left for these, whatever those who are in already set and change.
 */
export type PlaceHolder = 'entry' | { readonly caller: string };

export interface PasswordPlaces {
  /**
   * Takes a place; answers what gives it back.
   *
   * @throws TOO_MANY_REQUESTS when the caller holds as many as one may, SERVICE_UNAVAILABLE when all are taken.
   */
  take(holder: PlaceHolder): () => void;
}

export function createPasswordPlaces(): PasswordPlaces {
  let taken = 0;
  let takenByCallers = 0;
  const takenBy = new Map<string, number>();

  function takeForCaller(caller: string): () => void {
    const own = takenBy.get(caller) ?? 0;
    if (own >= MOST_OF_CALLER) throw new AppError('TOO_MANY_REQUESTS', { retryAfterSeconds: 1 });
    if (takenByCallers >= MOST_OF_CALLERS) throw unavailable();
    takenByCallers += 1;
    takenBy.set(caller, own + 1);
    return () => {
      takenByCallers -= 1;
      const left = (takenBy.get(caller) ?? 1) - 1;
      if (left === 0) takenBy.delete(caller);
      else takenBy.set(caller, left);
    };
  }

  return {
    take(holder) {
      if (taken >= MOST_PLACES) throw unavailable();
      const giveBack = holder === 'entry' ? undefined : takeForCaller(holder.caller);
      taken += 1;
      return () => {
        taken -= 1;
        giveBack?.();
      };
    },
  };
}

const unavailable = (): AppError => new AppError('SERVICE_UNAVAILABLE', { retryAfterSeconds: 5 });
