import type { ClaimedRequest } from './claimed-requests.js';

interface Held {
  readonly request: ClaimedRequest;
  /** Number of the latest claim on it. */
  claim: number;
  /** Attempts, with the one of that claim. */
  attempts: number;
  lost: boolean;
  claimedAgain: boolean;
}

/** The requests this worker holds a claim on, from the claim until they have ended. */
export class WorkInHand {
  readonly #held = new Map<string, Held>();
  readonly #emptied: (() => void)[] = [];
  #claims = 0;

  get size(): number {
    return this.#held.size;
  }

  get registrations(): number {
    let count = 0;
    for (const { request } of this.#held.values()) if (request.kind === 'registration') count++;
    return count;
  }

  /**
   * @returns false when it is in hand already: our own lease had run out, or we had just given it back, and we claimed it
   * once more.
   */
  add(request: ClaimedRequest): boolean {
    const held = this.#held.get(request.id);
    if (held !== undefined) {
      held.claim = ++this.#claims;
      held.attempts = request.attempts;
      held.lost = false;
      held.claimedAgain = true;
      return false;
    }
    const { attempts } = request;
    this.#held.set(request.id, { request, claim: ++this.#claims, attempts, lost: false, claimedAgain: false });
    return true;
  }

  end(id: string): void {
    this.#held.delete(id);
    if (this.#held.size === 0) for (const resolve of this.#emptied.splice(0)) resolve();
  }

  /** Whether it was claimed once more since this was asked last. */
  takeClaimedAgain(id: string): boolean {
    const held = this.#held.get(id);
    if (held === undefined) return false;
    const { claimedAgain } = held;
    held.claimedAgain = false;
    return claimedAgain;
  }

  /** Whether another worker may be at it: nothing of ours should be written then. */
  isLost(id: string): boolean {
    return this.#held.get(id)?.lost ?? true;
  }

  markLost(id: string): void {
    const held = this.#held.get(id);
    if (held !== undefined) held.lost = true;
  }

  /** Number of the latest claim on it, by which a later one is told apart; undefined when it is not in hand. */
  claimOf(id: string): number | undefined {
    return this.#held.get(id)?.claim;
  }

  /** Attempts of the latest claim on it; undefined when it is not in hand. */
  attemptsOf(id: string): number | undefined {
    return this.#held.get(id)?.attempts;
  }

  /** Ids of what is still ours. */
  ids(kind: ClaimedRequest['kind']): string[] {
    return Array.from(this.#held.values())
      .filter(({ request, lost }) => request.kind === kind && !lost)
      .map(({ request }) => request.id);
  }

  /** Resolves when nothing is in hand. */
  emptied(): Promise<void> {
    if (this.#held.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#emptied.push(resolve));
  }
}
