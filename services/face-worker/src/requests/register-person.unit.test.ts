import { beforeEach, describe, expect, it } from 'vitest';
import type { AnalyzeTask, PipelineFailure } from '../pipeline/pipeline-messages.js';
import type { PipelineOutcome } from '../pipeline/pipeline-pool.js';
import { vectorAt } from '../testing/memory-gallery-source.test.js';
import { aFace, anAnalysis, aRegistration, policyOf } from '../testing/requests.test.js';
import { createRegisterPerson, type RegistrationResult } from './register-person.js';

let written: RegistrationResult[];
let asked: AnalyzeTask[];
beforeEach(() => {
  written = [];
  asked = [];
});

function register(outcomes: readonly PipelineOutcome[], attempts = 1, systemConfig: unknown = {}) {
  let ids = 0;
  return createRegisterPerson({
    pipeline: {
      analyze: (task) => {
        asked.push(task);
        return Promise.resolve(outcomes[Number(task.imageKey.split('-')[1])] ?? { kind: 'cancelled' });
      },
    },
    model: { id: 'model', dim: 8, detector: 'rfb' },
    synthetic: false,
    complete: (result) => {
      written.push(result);
      return Promise.resolve(result.accepted.length >= result.min_good ? 'completed' : 'rejected');
    },
    isLost: () => false,
    policyOf,
    actor: 'system:face-worker',
    newId: () => `id-${(ids += 1)}`,
    now: () => new Date('2025-03-03T08:00:00Z'),
  })(
    aRegistration({
      attempts,
      systemConfig,
      images: outcomes.map((_, index) => ({ index, objectKey: `image-${index}` })),
    }),
  );
}

const showing = (axis: number, lean = 0): PipelineOutcome => ({
  kind: 'analysis',
  analysis: anAnalysis([aFace(vectorAt(axis, lean))]),
});
const failing = (failure: Partial<PipelineFailure>): PipelineOutcome => ({
  kind: 'failure',
  failure: { code: 'PIPELINE_CRASHED', about: 'process', message: 'died', ...failure },
});

describe('registerPerson', () => {
  it('enrols from the images that show the same person', async () => {
    expect(await register([showing(0), showing(4), showing(0, 0.1), showing(0, 0.2)])).toEqual({ kind: 'completed' });
    expect(written[0]).toMatchObject({ registration_id: 'registration-1', model_dimension: 8, min_good: 3 });
    expect(written[0]?.accepted.map(({ image_index }) => image_index)).toEqual([0, 2, 3]);
    expect(written[0]?.rejected).toMatchObject([{ image_index: 1, code: 'DIFFERENT_PERSON' }]);
    expect(new Set(written[0]?.accepted.flatMap((face) => [face.face_id, face.face_image_id])).size).toBe(6);
  });

  it('asks about liveness unless the organization has turned that off for enrolments', async () => {
    await register([showing(0)]);
    await register([showing(0)], 1, { recognition: { liveness: 'off' } });
    await register([showing(0)], 1, { enrolment: { liveness: 'off' } });
    expect(asked.map(({ liveness }) => liveness)).toEqual([true, true, false]);
  });

  it('is rejected with reasons when too few are good', async () => {
    const refused = failing({ code: 'IMAGE_DAMAGED', about: 'image' });
    expect(await register([showing(0), refused, showing(0)])).toEqual({ kind: 'rejected' });
    expect(written[0]?.rejected).toMatchObject([{ image_index: 1, code: 'IMAGE_DAMAGED' }]);
  });

  it('is tried again when a child dies', async () => {
    const outcome = await register([showing(0), failing({}), showing(0), showing(0)], 2);
    expect(outcome).toMatchObject({ kind: 'failure', failure: { code: 'PIPELINE_CRASHED' } });
    expect(written).toEqual([]);
  });

  it('counts the good images at the last attempt and rejects the one that kills children', async () => {
    expect(await register([showing(0), failing({}), showing(0), showing(0)], 3)).toEqual({ kind: 'completed' });
    expect(written[0]?.rejected).toMatchObject([{ image_index: 1, code: 'PIPELINE_CRASHED' }]);
  });

  it('is put back when the worker ends', async () => {
    expect(await register([showing(0), { kind: 'cancelled' }, failing({})])).toEqual({ kind: 'cancelled' });
  });

  it('never blames an image for missing models', async () => {
    const broken = failing({ code: 'MODEL_MISSING', about: 'installation' });
    expect(await register([showing(0), broken, showing(0), showing(0)], 3)).toMatchObject({ kind: 'failure' });
    expect(written).toEqual([]);
  });
});
