import { createWakeup } from '@rollcall/postgres';
import type { ClaimedUpload, UploadEnding } from '../data-access/uploaded-images.js';
import { planForFailure } from '../domain/failure-plan.js';
import type { OrganizationPolicy } from '../domain/recognition-policy.js';
import { judgeUpload, unreadableUpload } from '../domain/upload-verdict.js';
import type { Log } from '../log.js';
import type { PipelineOutcome, PipelinePool } from '../pipeline/pipeline-pool.js';

/** Somebody waits for each verdict, but frames must find children too. */
const MOST_AT_ONCE = 2;
/** A lost ring costs this much, ms. */
const POLL_MS = 2_000;

export interface JudgeUploadsOptions {
  readonly pipeline: Pick<PipelinePool, 'analyze'>;
  /** The policy of an organization by its `system_configs.body`. */
  readonly policyOf: (systemConfig: unknown) => OrganizationPolicy;
  readonly claim: (limit: number) => Promise<readonly ClaimedUpload[]>;
  readonly complete: (id: string, ending: UploadEnding) => Promise<unknown>;
  readonly logger: Pick<Log, 'warn' | 'error'>;
}

export interface JudgeUploads {
  start(): void;
  /** There may be new images. */
  ring(): void;
  /** Claims nothing more; resolves when what was claimed has its verdict or is given back. */
  stop(): Promise<void>;
}

/**
 * Judges uploaded images beside the frames: a loop of its own, because nothing of it is as urgent or as many. An image
 * whose worker dies is claimed again when its lease has run out.
 */
export function createJudgeUploads(options: JudgeUploadsOptions): JudgeUploads {
  const { pipeline, policyOf, claim, complete, logger } = options;

  async function judge({ id, objectKey, systemConfig }: ClaimedUpload): Promise<void> {
    const policy = policyOf(systemConfig);
    const task = {
      kind: 'analyze',
      imageKey: objectKey,
      mode: 'single',
      maxPixels: policy.maxPixels,
      liveness: policy.enrolment.liveness !== 'off',
      cropSize: 0,
    } as const;
    const outcome = await pipeline.analyze(task);
    const ending =
      outcome.kind === 'analysis' ? { verdict: judgeUpload(outcome.analysis, policy.enrolment) } : endOf(outcome);
    if ('reason' in ending) logger.warn({ image_id: id, ...ending }, 'an uploaded image could not be judged');
    await complete(id, ending);
  }

  const wakeup = createWakeup({
    pollIntervalMs: POLL_MS,
    run: async () => {
      const claimed = await claim(MOST_AT_ONCE);
      const ends = await Promise.allSettled(claimed.map(judge));
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      return claimed.length === MOST_AT_ONCE;
    },
    onError: (error) => logger.error({ err: error }, 'uploaded images are judged later'),
  });

  return { start: () => wakeup.start(), ring: () => wakeup.ring(), stop: () => wakeup.stop() };
}

/** Why there is no analysis: the image's own fault is a verdict, everything else a reason to try again. */
function endOf(outcome: Exclude<PipelineOutcome, { kind: 'analysis' }>): UploadEnding {
  if (outcome.kind === 'cancelled') return { reason: 'WORKER_STOPPED', retry: true, spare: true };
  const { failure } = outcome;
  if (failure.about === 'image') return { verdict: unreadableUpload(failure) };
  const plan = planForFailure(failure);
  return { ...plan, spare: plan.spare || failure.about === 'installation' };
}
