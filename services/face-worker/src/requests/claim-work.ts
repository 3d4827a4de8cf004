import { claimBudget, type ClaimBudget } from '../domain/claim-budget.js';
import type { ClaimedRequest } from './claimed-requests.js';
import type { WorkInHand } from './work-in-hand.js';

export interface ClaimWorkOptions {
  readonly inHand: WorkInHand;
  /** Claims up to the budget, registrations first; fewer than that means that no more is waiting. */
  readonly claim: (budget: ClaimBudget) => Promise<readonly ClaimedRequest[]>;
  readonly pipeline: { figures(): { readonly children: number; readonly busy: number; readonly waiting: number } };
  /** Begins the work on a request; what becomes of it is its own affair. */
  readonly begin: (request: ClaimedRequest) => void;
}

export interface ClaimWork {
  /** Claims once. True: ask again at once, there may be more and there is room. */
  run(): Promise<boolean>;
  /** Whether to ask: the last claim may have left something behind, and there is room for it. */
  isWorthwhile(): boolean;
  /** Something rang: there may be more than the last claim saw. */
  expectMore(): void;
}

/** Takes as much work as there is room for, and remembers whether more is waiting. */
export function createClaimWork({ inHand, claim, pipeline, begin }: ClaimWorkOptions): ClaimWork {
  let more = true;
  let backlog = false;

  function budget(): ClaimBudget {
    const { children, busy, waiting } = pipeline.figures();
    return claimBudget({
      children,
      images: busy + waiting,
      requests: inHand.size,
      registrations: inHand.registrations,
      backlog,
    });
  }

  return {
    async run() {
      const wanted = budget();
      if (wanted.total === 0) {
        more = true;
        return false;
      }
      more = false;
      const claimed = await claim(wanted);
      backlog = claimed.length >= wanted.total;
      const registrations = claimed.filter(({ kind }) => kind === 'registration').length;
      // Registrations are limited on their own, so a full share of them may have left some behind.
      more ||= claimed.length >= wanted.total || (registrations > 0 && registrations >= wanted.registrations);
      for (const request of claimed) if (inHand.add(request)) begin(request);
      return more && claimed.length > 0 && budget().total > 0;
    },
    isWorthwhile: () => more && budget().total > 0,
    expectMore: () => {
      more = true;
    },
  };
}
