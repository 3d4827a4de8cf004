import type { Log } from '../log.js';
import { planForFailure, type FailurePlan } from '../domain/failure-plan.js';
import type { PipelineFailure } from '../pipeline/pipeline-messages.js';
import type { ClaimedRecognition, ClaimedRegistration, ClaimedRequest } from './claimed-requests.js';
import type { RequestEnding } from './request-ending.js';
import type { WorkInHand } from './work-in-hand.js';

export interface ProcessRequestOptions {
  readonly inHand: WorkInHand;
  readonly recognizeFrame: (request: ClaimedRecognition) => Promise<RequestEnding>;
  readonly registerPerson: (request: ClaimedRegistration) => Promise<RequestEnding>;
  /** Ends the claim that made them so many attempts: the request failed, or is tried again after a pause. */
  readonly fail: (request: ClaimedRequest, plan: FailurePlan, attempts: number) => Promise<void>;
  /** Whether storage or database was in trouble, so that the same work may succeed later. */
  readonly isPassing: (error: unknown) => boolean;
  readonly release: (request: ClaimedRequest) => Promise<void>;
  /** Told of every end: there may be room for more. */
  readonly onEnd: (request: ClaimedRequest, ending: RequestEnding['kind'] | 'error') => void;
  readonly logger: Pick<Log, 'warn' | 'error'>;
}

/** Sees a claimed request through to its end, whatever that is. Never rejects: what fails here stands in the log. */
export function createProcessRequest(options: ProcessRequestOptions) {
  const { inHand, logger } = options;

  async function work(request: ClaimedRequest): Promise<RequestEnding> {
    try {
      return request.kind === 'recognition'
        ? await options.recognizeFrame(request)
        : await options.registerPerson(request);
    } catch (error) {
      logger.error({ ...tell(request), err: error }, 'the work on a request broke off');
      const failure: PipelineFailure = {
        code: 'WORK_FAILED',
        about: options.isPassing(error) ? 'storage' : 'process',
        message: String(error),
      };
      return { kind: 'failure', failure };
    }
  }

  /**
   * Gives the claim back. The ring of that may have us claim the request anew before we are told that it was given back:
   * nobody would begin it, since it is in hand still, so that claim is given back too.
   */
  async function giveBack(request: ClaimedRequest): Promise<void> {
    inHand.takeClaimedAgain(request.id);
    do await options.release(request);
    while (inHand.takeClaimedAgain(request.id));
  }

  async function settle(request: ClaimedRequest, ending: RequestEnding): Promise<void> {
    if (ending.kind === 'lost') {
      logger.warn(tell(request), 'a request was no longer ours; its result was dropped');
      // Ours once more since, as after a crash of the database that forgot the claim: nobody would begin it.
      if (inHand.takeClaimedAgain(request.id)) await giveBack(request);
    } else if (ending.kind === 'cancelled') {
      await giveBack(request);
    } else if (ending.kind === 'failure' && ending.failure.about === 'installation') {
      // Not the request's fault: it waits for a worker that has its models.
      await giveBack(request);
    } else if (ending.kind === 'failure' && !inHand.isLost(request.id)) {
      const plan = planForFailure(ending.failure);
      const { message } = ending.failure;
      logger.warn({ ...tell(request), ...plan, attempts: request.attempts, failure: message }, 'a request failed');
      inHand.takeClaimedAgain(request.id);
      await options.fail(request, plan, inHand.attemptsOf(request.id) ?? request.attempts);
      // Its next try was claimed before we were told that this one had ended.
      if (inHand.takeClaimedAgain(request.id)) await giveBack(request);
    }
  }

  return async function processRequest(request: ClaimedRequest): Promise<void> {
    let told: RequestEnding['kind'] | 'error' = 'error';
    try {
      const ending = await work(request);
      await settle(request, ending);
      told = ending.kind;
    } catch (error) {
      // The claim runs out by itself, and the request is tried again.
      logger.error({ ...tell(request), err: error }, 'the end of a request could not be written');
    } finally {
      inHand.end(request.id);
      options.onEnd(request, told);
    }
  };
}

function tell({ kind, id, organizationId, correlationId }: ClaimedRequest) {
  return { request: kind, request_id: id, organization_id: organizationId, correlation_id: correlationId };
}
