import { fileURLToPath } from 'node:url';
import {
  assessEnrolment,
  createPipeline,
  decideMatch,
  defaultEnrolmentLimits,
  defaultRecognitionPolicy,
  type AnalyzedFace,
  type MatchCandidate,
  type Pipeline,
} from '@rollcall/recognition';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrolmentImages, samplePeople, visitorImages } from './enrolment-images.js';
import { crossPhotoPair, frames, type SampleFrame } from './sample-frames.js';
import { sampleFaces } from './sample-faces.js';

const modelPath = fileURLToPath(new URL('../../../models', import.meta.url));
const maxPixels = 10_000_000;

interface Enrolled {
  readonly userId: string;
  readonly faceId: string;
  readonly embedding: Float32Array;
}

describe('the sample photos', () => {
  let pipeline: Pipeline;
  let gallery: Enrolled[];
  let allFrames: SampleFrame[];

  beforeAll(async () => {
    pipeline = await createPipeline({ modelPath, detector: 'rfb' });
    allFrames = await frames();
    gallery = [];
    for (const { key } of samplePeople()) gallery.push(...(await enrol(key)));
  }, 60_000);

  afterAll(() => pipeline.close());

  async function enrol(key: string): Promise<Enrolled[]> {
    const enrolled: Enrolled[] = [];
    for (const { name, bytes } of await enrolmentImages(key)) {
      const analysis = await pipeline.analyze(bytes, { mode: 'single', maxPixels });
      const assessed = assessEnrolment(analysis, defaultEnrolmentLimits);
      expect(assessed, name).toMatchObject({ ok: true });
      if (assessed.ok) enrolled.push({ userId: key, faceId: name, embedding: assessed.face.embedding });
    }
    return enrolled;
  }

  function decide(face: AnalyzedFace) {
    const candidates = gallery.map(({ userId, faceId, embedding }): MatchCandidate => ({
      userId,
      faceId,
      similarity: dot(embedding, face.embedding),
    }));
    const { quality, liveness } = face;
    return decideMatch({ candidates, quality, liveness, policy: defaultRecognitionPolicy });
  }

  it('hold 22 faces of 21 people, ten of whom are enrolled', () => {
    expect(sampleFaces).toHaveLength(22);
    expect(samplePeople().map(({ key }) => key)).toEqual('abcdefghij'.split('').map((letter) => `person-${letter}`));
    expect(gallery).toHaveLength(40);
  });

  it.each(['single', 'group'] as const)(
    'give every frame its people by name, and strangers none, in %s mode',
    async (mode) => {
      for (const frame of allFrames) {
        const { faces } = await pipeline.analyze(frame.bytes, { mode, maxPixels });
        const decisions = faces.map(decide);
        const matched = decisions.filter(({ decision }) => decision === 'match');
        const known = matched.map(({ userId }) => userId ?? '').toSorted();
        expect(known, frame.name).toEqual([...frame.people].toSorted());
        const others = decisions.filter(({ decision }) => decision !== 'match');
        expect(others, frame.name).toHaveLength(frame.strangers);
        expect(
          others.map(({ decision }) => decision),
          frame.name,
        ).not.toContain('review');
      }
    },
    60_000,
  );

  it('recognise one woman across two photos', async () => {
    const frame = allFrames.find(({ name }) => name === crossPhotoPair.frame);
    expect(frame?.photo).not.toBe(crossPhotoPair.photo);
    const { faces } = await pipeline.analyze(frame?.bytes ?? new Uint8Array(), {
      mode: 'single',
      maxPixels,
    });
    const her = faces.map(decide).find(({ userId }) => userId === crossPhotoPair.enrolled);
    expect(her?.similarity).toBeCloseTo(crossPhotoPair.similarity, 1);
    expect(her?.decision).toBe('match');
  });

  it('are made the same every time', async () => {
    const [first, again] = await Promise.all([enrolmentImages('person-a'), enrolmentImages('person-a')]);
    expect(first.map(({ bytes }) => bytes)).toEqual(again.map(({ bytes }) => bytes));
  });

  it('have a visitor who can be enrolled and is recognised in her frame only then', async () => {
    const images = await Promise.all(
      (await visitorImages()).map(({ bytes }) => pipeline.analyze(bytes, { mode: 'single', maxPixels })),
    );
    const embeddings = images.map((analysis) => {
      const assessed = assessEnrolment(analysis, defaultEnrolmentLimits);
      return assessed.ok ? assessed.face.embedding : undefined;
    });
    const frame = allFrames.find(({ name }) => name === 'sample2-arrival');
    const { faces } = await pipeline.analyze(frame?.bytes ?? new Uint8Array(), { mode: 'single', maxPixels });
    for (const embedding of embeddings) {
      const best = Math.max(...faces.map((face) => dot(embedding ?? face.embedding, face.embedding)));
      expect(best).toBeGreaterThan(defaultRecognitionPolicy.matchThreshold);
    }
    expect(embeddings).not.toContain(undefined);
    expect(faces.map(decide).map(({ decision }) => decision)).not.toContain('match');
  });

  it('refuse a key nobody has', async () => {
    await expect(enrolmentImages('person-z')).rejects.toThrow(RangeError);
  });
});

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
