import { AppError } from '@rollcall/service-kit';
import type { Request } from 'express';

/** What one call holds of the budget. */
export interface HeldBytes {
  /** @throws SERVICE_UNAVAILABLE when too much is being read already: nothing of the body has been read then. */
  reserve(bytes: number): void;
  /** Gives everything back; may be called again. */
  release(): void;
}

export interface ByteBudget {
  hold(): HeldBytes;
  readonly used: number;
  readonly refused: number;
}

/** Bytes of bodies that may be in memory at once, over all calls: many large uploads at once must not fill it. */
export function createByteBudget(most: number): ByteBudget {
  let used = 0;
  let refused = 0;
  return {
    hold() {
      let held = 0;
      return {
        reserve(bytes) {
          // What is larger than all of it may come when nothing else does.
          const wanted = Math.min(bytes, most);
          if (used + wanted > most) {
            refused += 1;
            const message = 'Too much is being uploaded at the moment; send it again.';
            throw new AppError('SERVICE_UNAVAILABLE', { message, retryAfterSeconds: 1 });
          }
          used += wanted;
          held += wanted;
        },
        release() {
          used -= held;
          held = 0;
        },
      };
    },
    get used() {
      return used;
    },
    get refused() {
      return refused;
    },
  };
}

/** How many bytes a body may turn out to have: the announced length, or the limit when that tells nothing. */
export function expectedBytes(request: Pick<Request, 'headers'>, limit: number): number {
  const { 'content-length': length, 'content-encoding': encoding = 'identity' } = request.headers;
  // A compressed body grows while it is read.
  if (length === undefined || encoding !== 'identity') return limit;
  const announced = Number(length);
  return Number.isSafeInteger(announced) ? Math.min(announced, limit) : limit;
}
