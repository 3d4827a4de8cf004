import type { EmbeddingModel, FaceQuality } from '@rollcall/recognition';
import { MAX_ATTEMPTS } from '../domain/failure-plan.js';
import { encodeEmbedding } from '../domain/recognition-result.js';
import type { OrganizationPolicy } from '../domain/recognition-policy.js';
import { judgeRegistration, type RegistrationImage, type RejectedImage } from '../domain/registration-verdict.js';
import type { PipelineFailure } from '../pipeline/pipeline-messages.js';
import type { PipelineOutcome, PipelinePool } from '../pipeline/pipeline-pool.js';
import type { ClaimedRegistration } from './claimed-requests.js';
import type { RequestEnding } from './request-ending.js';

/** What is written about a registration: the argument of `complete_registration`. */
export interface RegistrationResult {
  readonly registration_id: string;
  readonly event_id: string;
  readonly actor: string;
  readonly completed_at: string;
  readonly model_id: string;
  readonly model_dimension: number;
  readonly synthetic: boolean;
  readonly min_good: number;
  readonly accepted: readonly {
    readonly face_id: string;
    readonly face_image_id: string;
    readonly image_index: number;
    /** Base64 of little-endian float32. */
    readonly embedding: string;
    readonly quality: FaceQuality;
  }[];
  readonly rejected: readonly RejectedImage[];
}

export interface RegisterPersonOptions {
  readonly pipeline: Pick<PipelinePool, 'analyze'>;
  readonly model: EmbeddingModel;
  readonly synthetic: boolean;
  readonly complete: (result: RegistrationResult) => Promise<'completed' | 'rejected' | 'lost' | 'user_gone'>;
  readonly isLost: (id: string) => boolean;
  /** The policy of an organization by its `system_configs.body`. */
  readonly policyOf: (systemConfig: unknown) => OrganizationPolicy;
  readonly actor: string;
  readonly newId: () => string;
  readonly now: () => Date;
}

/** The way of a registration: its images side by side → which of them are good and of one person → enrolled or rejected. */
export function createRegisterPerson(options: RegisterPersonOptions) {
  const { pipeline, model, newId } = options;

  return async function registerPerson(request: ClaimedRegistration): Promise<RequestEnding> {
    const policy = options.policyOf(request.systemConfig);
    const outcomes = await Promise.all(
      request.images.map(async ({ index, objectKey }) => ({
        index,
        outcome: await pipeline.analyze({
          kind: 'analyze',
          imageKey: objectKey,
          mode: 'single',
          maxPixels: policy.maxPixels,
          liveness: policy.enrolment.liveness !== 'off',
          cropSize: 0,
        }),
      })),
    );
    const hindrance = firstHindrance(
      outcomes.map(({ outcome }) => outcome),
      request.attempts,
    );
    if (hindrance !== undefined) return hindrance;
    if (options.isLost(request.id)) return { kind: 'lost' };
    const { accepted, rejected } = judgeRegistration(
      outcomes.map(({ index, outcome }) => toRegistrationImage(index, outcome)),
      policy.enrolment,
      policy.samePersonThreshold,
    );
    const status = await options.complete({
      registration_id: request.id,
      event_id: newId(),
      actor: options.actor,
      completed_at: options.now().toISOString(),
      model_id: model.id,
      model_dimension: model.dim,
      synthetic: options.synthetic,
      min_good: policy.minGoodImages,
      accepted: accepted.map(({ imageIndex, face }) => ({
        face_id: newId(),
        face_image_id: newId(),
        image_index: imageIndex,
        embedding: encodeEmbedding(face.embedding),
        quality: face.quality,
      })),
      rejected,
    });
    return { kind: status === 'user_gone' ? 'rejected' : status };
  };
}

/**
 * What keeps the registration from being judged now. A child that died is a reason to try again, but at the last
 * attempt the image that kills children is rejected like any other, and the good ones count.
 */
function firstHindrance(outcomes: readonly PipelineOutcome[], attempts: number): RequestEnding | undefined {
  if (outcomes.some(({ kind }) => kind === 'cancelled')) return { kind: 'cancelled' };
  for (const outcome of outcomes) {
    if (outcome.kind !== 'failure' || outcome.failure.about === 'image') continue;
    if (outcome.failure.about === 'process' && attempts >= MAX_ATTEMPTS) continue;
    return outcome;
  }
  return undefined;
}

function toRegistrationImage(index: number, outcome: PipelineOutcome): RegistrationImage {
  if (outcome.kind === 'analysis') return { index, analysis: outcome.analysis };
  const failure: PipelineFailure | undefined = outcome.kind === 'failure' ? outcome.failure : undefined;
  return { index, code: failure?.code ?? 'CANCELLED', message: failure?.message ?? 'The image was not looked at.' };
}
