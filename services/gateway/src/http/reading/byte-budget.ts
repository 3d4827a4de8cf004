import { AppError } from '@rollcall/service-kit';
import type { Request } from 'express';

/** Whose upload it is. */
export interface Uploader {
  /** Of the organization, or any word for those who belong to none. */
  readonly organizationId: string;
  /** The person or device. */
  readonly actor: string;
}

/** What one call holds of the budget. */
export interface HeldBytes {
  /** @throws SERVICE_UNAVAILABLE when too much is being read already: nothing of the body has been read then. */
  reserve(bytes: number, uploader: Uploader): void;
  /** Gives everything back; may be called again. */
  release(): void;
}

export interface ByteBudget {
  hold(): HeldBytes;
  readonly used: number;
  readonly refused: number;
}

/**
 * Bytes of bodies that may be in memory at once, over all calls: many large uploads at once must not fill it. Nobody may
 * take all of it: whoever holds some gets more only while at least as much as theirs stays free, first the organization
 * within all of it, then the caller within what its organization may have. One organization alone gets half, each of two
 * a third, and whoever comes next still finds room (dynamic thresholds: Choudhury and Hahne, "Dynamic queue length
 * thresholds for shared-memory packet switches", 1998, with a factor of 1).
 *
 * @param most bytes in all
 */
export function createByteBudget(most: number): ByteBudget {
  const organizations = createShares();
  const callers = createShares();
  /** What is larger than an organization's share counts as all of it, and may come when nothing else of theirs does. */
  const largest = Math.floor(most / 2);
  let used = 0;
  let refused = 0;

  function fits(bytes: number, { organizationId, actor }: Uploader): boolean {
    const ofOrganization = organizations.of(organizationId);
    const ofCaller = callers.of(keyOf(organizationId, actor));
    const share = Math.floor((most - (used - ofOrganization)) / 2);
    if (used + bytes > most || (ofOrganization > 0 && ofOrganization + bytes > share)) return false;
    return ofCaller === 0 || 2 * (ofCaller + bytes) <= share - (ofOrganization - ofCaller);
  }

  function add(bytes: number, { organizationId, actor }: Uploader): void {
    used += bytes;
    organizations.add(organizationId, bytes);
    callers.add(keyOf(organizationId, actor), bytes);
  }

  return {
    hold() {
      let release = (): void => undefined;
      return {
        reserve(bytes, uploader) {
          const wanted = Math.min(bytes, largest);
          if (!fits(wanted, uploader)) {
            refused += 1;
            const message = 'Too much is being uploaded at the moment; send it again.';
            throw new AppError('SERVICE_UNAVAILABLE', { message, retryAfterSeconds: 1 });
          }
          add(wanted, uploader);
          const before = release;
          release = () => {
            before();
            add(-wanted, uploader);
          };
        },
        release() {
          release();
          release = () => undefined;
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

function keyOf(organizationId: string, actor: string): string {
  return `${organizationId}/${actor}`;
}

/** Who holds how much; those who hold nothing are forgotten. */
function createShares() {
  const held = new Map<string, number>();
  const of = (key: string): number => held.get(key) ?? 0;
  return {
    of,
    add(key: string, bytes: number): void {
      const now = of(key) + bytes;
      if (now > 0) held.set(key, now);
      else held.delete(key);
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
