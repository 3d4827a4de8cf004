import { beforeEach, describe, expect, it } from 'vitest';
import { Gallery } from '../gallery/gallery.js';
import type { AnalyzeTask } from '../pipeline/pipeline-messages.js';
import type { PipelineOutcome } from '../pipeline/pipeline-pool.js';
import { faceAt, vectorAt } from '../testing/memory-gallery-source.test.js';
import { aFace, aFrame, anAnalysis, policyOf } from '../testing/requests.test.js';
import type { CompletionStatus } from './claimed-requests.js';
import { createRecognizeFrame, type RecognitionResult } from './recognize-frame.js';

let gallery: Gallery;
let objects: Map<string, Uint8Array>;
let written: RecognitionResult[];
let asked: AnalyzeTask[];
let versionsAsked: number[];
/** Answers of the database, in order; `completed` when there are no more. */
let answers: (CompletionStatus | Error)[];
let lost: boolean;
/** Called when a result is written, before it is answered. */
let onWrite: () => void;

beforeEach(() => {
  gallery = Gallery.empty(8, 5);
  gallery.add([faceAt(1, 'ann', 0), faceAt(2, 'bob', 3)]);
  objects = new Map();
  written = [];
  asked = [];
  versionsAsked = [];
  answers = [];
  lost = false;
  onWrite = () => undefined;
});

function recognize(outcome: PipelineOutcome, frame = aFrame({ galleryVersion: 5 })) {
  let ids = 0;
  return createRecognizeFrame({
    pipeline: {
      analyze: (task) => {
        asked.push(task);
        return Promise.resolve(outcome);
      },
    },
    galleries: {
      use: (_organization, minVersion, search) => {
        versionsAsked.push(minVersion);
        return search(gallery);
      },
    },
    objects: {
      put: (key, bytes) => {
        objects.set(key, bytes);
        return Promise.resolve({ sha256: Uint8Array.of(1), size: bytes.length });
      },
      delete: (key) => Promise.resolve(objects.delete(key)),
    },
    newObjectKey: () => `crop-${(ids += 1)}`,
    complete: (result) => {
      written.push(result);
      onWrite();
      const status = answers.shift() ?? 'completed';
      if (status instanceof Error) return Promise.reject(status);
      return Promise.resolve({ status, staleFaces: status === 'stale' ? [0] : [] });
    },
    isLost: () => lost,
    policyOf,
    actor: 'system:face-worker',
    newId: () => `id-${(ids += 1)}`,
    now: () => new Date('2025-03-03T08:00:00Z'),
  })(frame);
}

const showing = (...axes: number[]): PipelineOutcome => ({
  kind: 'analysis',
  analysis: anAnalysis(axes.map((axis, index) => aFace(vectorAt(axis), { index }))),
});

describe('recognizeFrame', () => {
  it('tells who is in the frame, from which gallery, with a crop of each', async () => {
    expect(await recognize(showing(0, 6))).toEqual({ kind: 'completed' });
    expect(versionsAsked).toEqual([5]);
    expect(written[0]).toMatchObject({ recognition_id: 'frame-1', model_id: 'model', gallery_version: 5 });
    expect(written[0]?.faces).toMatchObject([
      { decision: 'match', user_id: 'ann', face_id: 'face-1', runner_up_user_id: 'bob' },
      { decision: 'unknown', user_id: null, review_kind: 'unknown' },
    ]);
    expect(written[0]?.faces.map(({ crop_key }) => crop_key)).toEqual([...objects.keys()]);
  });

  it('needs no gallery for a frame without a face', async () => {
    expect(await recognize(showing())).toEqual({ kind: 'completed' });
    expect(versionsAsked).toEqual([]);
    expect(written[0]).toMatchObject({ faces: [], gallery_version: 5 });
  });

  it('searches again in a newer gallery when the person it matched was erased, and keeps the crop', async () => {
    answers = ['stale'];
    onWrite = () => gallery.apply([{ op: 'remove', version: 6, faissId: 1 }], 6);
    expect(await recognize(showing(0))).toEqual({ kind: 'completed' });
    expect(versionsAsked).toEqual([5, 6]);
    expect(written.map(({ faces }) => faces[0]?.decision)).toEqual(['match', 'unknown']);
    expect([...objects.keys()]).toEqual([written[1]?.faces[0]?.crop_key]);
  });

  it('takes a face for nobody that the database calls gone, even when the gallery still has it', async () => {
    answers = ['stale'];
    expect(await recognize(showing(0))).toEqual({ kind: 'completed' });
    expect(written[1]?.faces[0]).toMatchObject({ decision: 'unknown', user_id: null });
  });

  it('gives up when every search is stale, and leaves no crop', async () => {
    answers = Array.from({ length: 20 }, () => 'stale');
    expect(await recognize(showing(0))).toMatchObject({ kind: 'failure', failure: { code: 'GALLERY_UNSETTLED' } });
    expect(objects.size).toBe(0);
  });

  it('deletes the crops when the frame is no longer its own', async () => {
    answers = ['lost'];
    expect(await recognize(showing(0))).toEqual({ kind: 'lost' });
    expect(objects.size).toBe(0);
  });

  it('keeps the crops when it may have written the result itself in a try that failed', async () => {
    answers = ['unclear'];
    expect(await recognize(showing(0))).toEqual({ kind: 'lost' });
    expect(objects.size).toBe(1);
  });

  it('keeps the crops when the database’s answer never came', async () => {
    answers = [new Error('connection lost')];
    await expect(recognize(showing(0))).rejects.toThrow('connection lost');
    expect(objects.size).toBe(1);
  });

  it('writes nothing once it knows that the frame is lost', async () => {
    lost = true;
    expect(await recognize(showing(0))).toEqual({ kind: 'lost' });
    expect([written.length, objects.size]).toEqual([0, 0]);
  });

  it('keeps no crop of a face refused for its quality', async () => {
    const blurred = aFace(vectorAt(0), { quality: { blur: 0, size: 120, yaw: 0, pitch: 0, roll: 0 } });
    await recognize({ kind: 'analysis', analysis: anAnalysis([blurred]) });
    expect(written[0]?.faces[0]).toMatchObject({ decision: 'rejected', reason: 'BLURRED', crop_key: null });
    expect(objects.size).toBe(0);
  });

  it('stores the verdict on liveness by which it decided', async () => {
    const systemConfig = { recognition: { liveness_threshold: 0.8 } };
    const doubtful = aFace(vectorAt(0), { liveness: { score: 0.6, verdict: 'live' } });
    await recognize(
      { kind: 'analysis', analysis: anAnalysis([doubtful]) },
      aFrame({ galleryVersion: 5, systemConfig }),
    );
    expect(written[0]?.faces[0]).toMatchObject({
      ...{ decision: 'review', reason: 'LIVENESS_FAILED', liveness: { score: 0.6, verdict: 'spoof' } },
    });
  });

  it('asks about liveness unless the organization has turned that off', async () => {
    await recognize(showing());
    await recognize(showing(), aFrame({ galleryVersion: 5, systemConfig: { recognition: { liveness: 'off' } } }));
    await recognize(showing(), aFrame({ galleryVersion: 5, systemConfig: { enrolment: { liveness: 'off' } } }));
    expect(asked.map(({ liveness }) => liveness)).toEqual([true, false, true]);
  });

  it('marks what comes from the development embedder', async () => {
    await recognize({ kind: 'analysis', analysis: anAnalysis([aFace(vectorAt(6))], { synthetic: true }) });
    expect(written[0]).toMatchObject({ synthetic: true });
    expect(written[0]?.faces[0]?.review_id).toBeNull();
  });

  it('passes on why there is no analysis', async () => {
    const failure = { code: 'IMAGE_DAMAGED', about: 'image', message: 'ends too early' } as const;
    expect(await recognize({ kind: 'failure', failure })).toEqual({ kind: 'failure', failure });
    expect(await recognize({ kind: 'cancelled' })).toEqual({ kind: 'cancelled' });
  });
});
