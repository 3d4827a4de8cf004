import { createWakeup } from '@rollcall/postgres';
import type { Log } from '../log.js';
import type { ClaimBudget } from '../domain/claim-budget.js';
import type { AnalyzeTask } from '../pipeline/pipeline-messages.js';
import type { PipelineOutcome, PipelinePool } from '../pipeline/pipeline-pool.js';
import type { ClaimedRequest } from './claimed-requests.js';
import { createClaimWork } from './claim-work.js';
import { renewLeases } from './renew-leases.js';
import type { WorkInHand } from './work-in-hand.js';

export interface RequestLoopOptions {
  readonly inHand: WorkInHand;
  readonly pipeline: Pick<PipelinePool, 'analyze' | 'figures'>;
  readonly claim: (budget: ClaimBudget) => Promise<readonly ClaimedRequest[]>;
  readonly renew: (recognitions: readonly string[], registrations: readonly string[]) => Promise<readonly string[]>;
  /** Sees a request through, with a pipeline that tells the loop of children that become free. Never rejects. */
  readonly process: (request: ClaimedRequest) => Promise<void>;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly logger: Pick<Log, 'warn' | 'error'>;
}

export interface RequestLoop {
  start(): void;
  /** There may be new requests. */
  ring(): void;
  /** The pipeline as the work on requests has to use it: a child that becomes free is a reason to claim. */
  analyze(task: AnalyzeTask): Promise<PipelineOutcome>;
  /** Claims nothing more; leases are still renewed for what is in hand. */
  stopClaiming(): Promise<void>;
  stopRenewing(): void;
}

/** Claims requests as children become free and keeps their leases alive until they have ended. */
export function createRequestLoop(options: RequestLoopOptions): RequestLoop {
  const { inHand, pipeline, logger } = options;

  const claimWork = createClaimWork({
    inHand,
    claim: options.claim,
    pipeline,
    begin: (request) => {
      void options.process(request).finally(claimIfMore);
    },
  });
  const wakeup = createWakeup({
    pollIntervalMs: options.pollMs,
    run: () => claimWork.run(),
    onError: (error) => logger.error({ err: error }, 'requests could not be claimed; it is tried again'),
  });
  let leases: { stop(): void } | undefined;

  function claimIfMore(): void {
    if (claimWork.isWorthwhile()) wakeup.ring();
  }

  return {
    start() {
      leases = renewLeases({
        inHand,
        leaseMs: options.leaseMs,
        renew: options.renew,
        onLost: (id) => logger.warn({ request_id: id }, 'the claim on a request was lost'),
        onError: (error) => logger.error({ err: error }, 'leases could not be renewed; it is tried again'),
      });
      wakeup.start();
    },
    ring() {
      claimWork.expectMore();
      wakeup.ring();
    },
    async analyze(task) {
      const outcome = await pipeline.analyze(task);
      claimIfMore();
      return outcome;
    },
    stopClaiming: () => wakeup.stop(),
    stopRenewing: () => leases?.stop(),
  };
}
