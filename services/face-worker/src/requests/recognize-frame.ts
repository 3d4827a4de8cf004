import type { ObjectStore } from '@rollcall/object-store';
import { decideMatch, EVIDENCE_CROP_SIZE, type FrameAnalysis } from '@rollcall/recognition';
import type { OrganizationPolicy } from '../domain/recognition-policy.js';
import {
  deservesCrop,
  toFaceRow,
  type DecidedFace,
  type FaceRow,
  type StoredCrop,
} from '../domain/recognition-result.js';
import type { GalleryCache } from '../gallery/gallery-cache.js';
import type { PipelinePool } from '../pipeline/pipeline-pool.js';
import type { ClaimedRecognition, CompletionAnswer, CompletionStatus } from './claimed-requests.js';
import type { RequestEnding } from './request-ending.js';

/** What is written about a frame: an item of `complete_recognitions`. */
export interface RecognitionResult {
  readonly recognition_id: string;
  readonly event_id: string;
  readonly actor: string;
  readonly completed_at: string;
  readonly model_id: string;
  readonly gallery_version: number;
  readonly synthetic: boolean;
  readonly faces: readonly FaceRow[];
}

export interface RecognizeFrameOptions {
  readonly pipeline: Pick<PipelinePool, 'analyze'>;
  readonly galleries: Pick<GalleryCache, 'use'>;
  readonly objects: Pick<ObjectStore, 'put' | 'delete'>;
  readonly newObjectKey: (organizationId: string) => string;
  readonly complete: (result: RecognitionResult) => Promise<CompletionAnswer>;
  readonly isLost: (id: string) => boolean;
  /** The policy of an organization by its `system_configs.body`. */
  readonly policyOf: (systemConfig: unknown) => OrganizationPolicy;
  readonly actor: string;
  readonly newId: () => string;
  readonly now: () => Date;
}

/** Times a frame is searched again because a face it matched was erased meanwhile. */
const MAX_SEARCHES = 12;

/** The way of one frame: image → faces → who they are → evidence → result. Nothing of it runs in a transaction. */
export function createRecognizeFrame(options: RecognizeFrameOptions) {
  const { pipeline, galleries, objects, complete, isLost, newId } = options;

  return async function recognizeFrame(request: ClaimedRecognition): Promise<RequestEnding> {
    const policy = options.policyOf(request.systemConfig);
    const { imageKey, mode } = request;
    const outcome = await pipeline.analyze({
      kind: 'analyze',
      imageKey,
      mode,
      maxPixels: policy.maxPixels,
      liveness: policy.recognition.liveness !== 'off',
      cropSize: EVIDENCE_CROP_SIZE,
    });
    if (outcome.kind !== 'analysis') return outcome;
    if (isLost(request.id)) return { kind: 'lost' };
    return decideAndComplete(request, outcome.analysis, policy);
  };

  async function decideAndComplete(
    request: ClaimedRecognition,
    analysis: FrameAnalysis,
    policy: OrganizationPolicy,
  ): Promise<RequestEnding> {
    const crops = new Map<number, StoredCrop>();
    let written: CompletionStatus | undefined;
    try {
      const gone = new Set<string>();
      let minVersion = request.galleryVersion;
      for (let search = 0; search < MAX_SEARCHES; search++) {
        const { faces, galleryVersion } = await decide(request.organizationId, minVersion, analysis, policy, gone);
        await storeCrops(request.organizationId, faces, crops);
        if (isLost(request.id)) return { kind: 'lost' };
        written = 'unclear';
        const answer = await complete(toResult(request, analysis, policy, faces, galleryVersion, crops));
        written = answer.status;
        if (written === 'completed') return { kind: 'completed' };
        if (written !== 'stale') return { kind: 'lost' };
        // A matched face is gone. The gallery has moved on by at least one version; whether it has or not, that face
        // is nobody any more for this frame.
        minVersion = galleryVersion + 1;
        for (const index of answer.staleFaces) gone.add(faces[index]?.match.faceId ?? '');
      }
      return {
        kind: 'failure',
        failure: { code: 'GALLERY_UNSETTLED', about: 'process', message: 'the gallery kept changing under the search' },
      };
    } finally {
      // When no row names them. What is left after a crash or in doubt is swept as an orphan.
      const named = written === 'completed' || written === 'unclear';
      if (!named) await Promise.allSettled(Array.from(crops.values(), ({ key }) => objects.delete(key)));
    }
  }

  async function decide(
    organizationId: string,
    minVersion: number,
    { faces }: FrameAnalysis,
    policy: OrganizationPolicy,
    gone: ReadonlySet<string>,
  ): Promise<{ readonly faces: readonly DecidedFace[]; readonly galleryVersion: number }> {
    if (faces.length === 0) return { faces: [], galleryVersion: minVersion };
    return galleries.use(organizationId, minVersion, async (gallery) => {
      const galleryVersion = gallery.version;
      const probes = faces.map(({ embedding }) => embedding);
      const rejected = gallery.rejections.near(probes, policy.recognition.matchThreshold);
      const found = await gallery.search(probes, personsToSee(rejected));
      const decided = faces.map((face, position): DecidedFace => {
        const { quality, liveness } = face;
        const candidates = (found[position] ?? []).filter(({ faceId }) => !gone.has(faceId));
        const question = { candidates, quality, liveness, policy: policy.recognition };
        const refused = rejected?.[position];
        return { face, match: decideMatch(refused === undefined ? question : { ...question, rejected: refused }) };
      });
      return { faces: decided, galleryVersion };
    });
  }

  /** Puts the crops that are wanted and not there yet: a second search may keep more faces than the first. */
  async function storeCrops(
    organizationId: string,
    faces: readonly DecidedFace[],
    crops: Map<number, StoredCrop>,
  ): Promise<void> {
    const wanted = faces.filter((decided) => deservesCrop(decided) && !crops.has(decided.face.index));
    await Promise.all(
      wanted.map(async ({ face }) => {
        const key = options.newObjectKey(organizationId);
        const { sha256 } = await objects.put(key, face.crop);
        crops.set(face.index, { key, sha256 });
      }),
    );
  }

  function toResult(
    request: ClaimedRecognition,
    analysis: FrameAnalysis,
    policy: OrganizationPolicy,
    faces: readonly DecidedFace[],
    galleryVersion: number,
    crops: ReadonlyMap<number, StoredCrop>,
  ): RecognitionResult {
    const { synthetic } = analysis;
    const context = { policy: policy.recognition, synthetic, newId };
    return {
      recognition_id: request.id,
      event_id: newId(),
      actor: options.actor,
      completed_at: options.now().toISOString(),
      model_id: analysis.model.id,
      gallery_version: galleryVersion,
      synthetic,
      faces: faces.map((decided) => toFaceRow(decided, crops.get(decided.face.index), context)),
    };
  }
}

/** The best and the best other person, and in place of everybody who may drop out one more. */
function personsToSee(rejected: readonly ReadonlyMap<string, number>[] | undefined): number {
  return 2 + (rejected === undefined ? 0 : Math.max(...rejected.map(({ size }) => size)));
}
