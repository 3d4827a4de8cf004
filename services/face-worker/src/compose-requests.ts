import { newObjectKey, type ObjectStore } from '@rollcall/object-store';
import type { Pool } from '@rollcall/postgres';
import { createWriteGroup, newId } from '@rollcall/service-kit';
import type { Log } from './log.js';
import type { FaceWorkerConfig } from './config.js';
import { claimRequests } from './data-access/claim-requests.js';
import { completeRecognitions, type WrittenAnswer } from './data-access/complete-recognitions.js';
import { completeRegistration } from './data-access/complete-registration.js';
import { failRequest } from './data-access/fail-request.js';
import { isPassing } from './data-access/is-passing.js';
import { isTransient } from './data-access/is-transient.js';
import { releaseClaims } from './data-access/release-claims.js';
import { renewClaims } from './data-access/renew-claims.js';
import type { OrganizationPolicy } from './domain/recognition-policy.js';
import type { GalleryCache } from './gallery/gallery-cache.js';
import { createWorkerFigures } from './heartbeat/worker-figures.js';
import type { PipelineDescription } from './pipeline/pipeline-messages.js';
import type { PipelinePool } from './pipeline/pipeline-pool.js';
import { createProcessRequest } from './requests/process-request.js';
import { createRecognizeFrame, type RecognitionResult } from './requests/recognize-frame.js';
import { createRegisterPerson } from './requests/register-person.js';
import { createRequestLoop } from './requests/request-loop.js';
import { retryTransient } from './requests/retry-transient.js';
import { WorkInHand } from './requests/work-in-hand.js';

const ACTOR = 'system:face-worker';
/** With the doorbell a poll only finds what a lost ring left and what a dead worker held; without it, everything. */
const POLL_MS = { on: 2_000, off: 500 } as const;
/** Pauses before further tries while the database is away: together less than half a lease. */
const RETRY_PAUSES_MS = [50, 200, 500, 1_000, 2_000];
const MOST_RESULTS_A_WRITE = 64;
/** While images wait for a child, results wait this long for one another: fewer commits, rings and wake-ups. */
const PATIENCE_UNDER_LOAD_MS = 150;
const RESULTS_WORTH_A_WRITE = 12;
/** What is in a child at the end may finish; what takes longer than this goes back into the queue. */
const DRAIN_MS = 8_000;

export interface RequestParts {
  readonly config: FaceWorkerConfig;
  readonly workerId: string;
  readonly database: Pool;
  readonly pipeline: PipelinePool;
  readonly galleries: GalleryCache;
  readonly objects: ObjectStore;
  readonly description: PipelineDescription;
  readonly policyOf: (systemConfig: unknown) => OrganizationPolicy;
  readonly logger: Log;
}

/** The work on requests, put together: claimed, recognized or registered, completed, failed or given back. */
export function composeRequests(parts: RequestParts) {
  const { config, workerId, database, pipeline, galleries, objects, description, logger } = parts;
  const claimant = { workerId, leaseSeconds: config.leaseSeconds };
  const inHand = new WorkInHand();
  const figures = createWorkerFigures();
  const patiently = <Result>(work: () => Promise<Result>) => retryTransient(work, isTransient, RETRY_PAUSES_MS);

  const loop = createRequestLoop({
    inHand,
    pipeline,
    claim: (budget) => claimRequests(database, { ...claimant, modelId: description.model.id }, budget),
    renew: (recognitions, registrations) => renewClaims(database, claimant, recognitions, registrations),
    process: (request) => processRequest(request),
    leaseMs: config.leaseSeconds * 1_000,
    pollMs: config.doorbell ? POLL_MS.on : POLL_MS.off,
    logger,
  });
  const results = createWriteGroup<RecognitionResult, WrittenAnswer>({
    write: (group) => completeRecognitions(database, workerId, group),
    most: MOST_RESULTS_A_WRITE,
    patienceMs: () => (pipeline.figures().waiting > 0 ? PATIENCE_UNDER_LOAD_MS : 0),
    enough: () => RESULTS_WORTH_A_WRITE,
    isItemError: () => true,
    retry: { isTransient, pausesMs: RETRY_PAUSES_MS },
  });
  const shared = {
    pipeline: loop,
    isLost: (id: string) => inHand.isLost(id),
    policyOf: parts.policyOf,
    actor: ACTOR,
    newId,
    now: () => new Date(),
  };
  const recognizeFrame = createRecognizeFrame({
    ...shared,
    galleries,
    objects,
    newObjectKey: (organizationId) => newObjectKey(organizationId, new Date()),
    complete: async (result) => {
      const { answer, again } = await results.submit(result);
      return answer.status === 'lost' && again ? { ...answer, status: 'unclear' } : answer;
    },
  });
  const registerPerson = createRegisterPerson({
    ...shared,
    ...description,
    complete: (result) => patiently(() => completeRegistration(database, workerId, result)),
  });
  const processRequest = createProcessRequest({
    inHand,
    recognizeFrame,
    registerPerson,
    isPassing,
    fail: ({ kind, id }, plan, attempts) =>
      patiently(() => failRequest(database, workerId, { kind, id, attempts, ...plan, eventId: newId() })),
    release: ({ kind, id }) =>
      patiently(() =>
        kind === 'recognition'
          ? releaseClaims(database, workerId, [id], [])
          : releaseClaims(database, workerId, [], [id]),
      ),
    onEnd: ({ kind }, ending) => figures.count(kind, ending),
    logger,
  });

  return {
    start: () => loop.start(),
    ring: () => loop.ring(),
    figures: () => ({ in_hand: inHand.size, ...figures.read() }),
    /** Claims nothing more; images without a child are given up, and their requests go back into the queue. */
    async stopIntake(): Promise<void> {
      await loop.stopClaiming();
      pipeline.cancelWaiting();
    },
    /** Waits for what is in the children, a while; the rest goes back into the queue. */
    async drain(): Promise<void> {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, DRAIN_MS);
      });
      await Promise.race([inHand.emptied(), late]);
      clearTimeout(timer);
      loop.stopRenewing();
      const recognitions = inHand.ids('recognition');
      const registrations = inHand.ids('registration');
      if (recognitions.length + registrations.length === 0) return;
      logger.warn({ requests: recognitions.length + registrations.length }, 'requests go back into the queue');
      await releaseClaims(database, workerId, recognitions, registrations);
    },
  };
}
