import type { WorkInHand } from './work-in-hand.js';

export interface RenewLeasesOptions {
  readonly inHand: WorkInHand;
  readonly leaseMs: number;
  /** Prolongs the claims and returns the ids that are still ours. */
  readonly renew: (recognitions: readonly string[], registrations: readonly string[]) => Promise<readonly string[]>;
  readonly onLost: (id: string) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Prolongs the leases every third of their length, so that one failing try does not lose them. What turns out not to be
 * ours any more is marked: its result will be dropped.
 */
export function renewLeases(options: RenewLeasesOptions): { stop(): void } {
  const { inHand } = options;
  let running = false;

  async function renewOnce(): Promise<void> {
    const recognitions = inHand.ids('recognition');
    const registrations = inHand.ids('registration');
    if (recognitions.length + registrations.length === 0) return;
    const asked = [...recognitions, ...registrations].map((id) => ({ id, claim: inHand.claimOf(id) }));
    const held = new Set(await options.renew(recognitions, registrations));
    for (const { id, claim } of asked) {
      // What has ended meanwhile is not lost, and of a claim made meanwhile the answer says nothing.
      if (held.has(id) || inHand.isLost(id) || inHand.claimOf(id) !== claim) continue;
      inHand.markLost(id);
      options.onLost(id);
    }
  }

  const timer = setInterval(() => {
    if (running) return;
    running = true;
    renewOnce()
      .catch(options.onError)
      .finally(() => {
        running = false;
      });
  }, options.leaseMs / 3);
  return { stop: () => clearInterval(timer) };
}
