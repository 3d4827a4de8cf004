import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FrameAnalysis } from '../analysis.js';
import { decodeImage } from '../image/decode-image.js';
import { readImageHeader } from '../image/read-header.js';
import type { Manifest } from '../models/manifest.js';
import { describeFailure } from '../recognition-error.js';
import { createPipeline } from './create-pipeline.js';
import type { Pipeline } from './pipeline.js';
import { overlapOf } from './suppress-overlaps.js';

const modelPath = fileURLToPath(new URL('../../../../models', import.meta.url));
const require = createRequire(import.meta.url);
const photo = (number: number) => readFile(require.resolve(`@vladmandic/face-api/demo/sample${number}.jpg`));
const facesIn = [3, 3, 3, 4, 5, 4];
const maxPixels = 10_000_000;

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

let pipeline: Pipeline;
let photos: Buffer[];
let analyses: FrameAnalysis[];

beforeAll(async () => {
  pipeline = await createPipeline({ modelPath, detector: 'rfb' });
  photos = await Promise.all([1, 2, 3, 4, 5, 6].map(photo));
  analyses = [];
  for (const bytes of photos) analyses.push(await pipeline.analyze(bytes, { mode: 'single', maxPixels }));
});

afterAll(() => pipeline.close());

const facesOf = <Value>(number: number, value: Value) => analyses[number]!.faces.map(() => value);

describe('the pipeline on real photos', () => {
  it('finds every face, in one pass and with tiles', async () => {
    expect(analyses.map(({ faces }) => faces.length)).toEqual(facesIn);
    for (const [i, bytes] of photos.entries()) {
      const group = await pipeline.analyze(bytes, { mode: 'group', maxPixels });
      expect(group.faces, `photo ${i + 1}`).toHaveLength(facesIn[i]!);
      for (const face of group.faces) {
        const best = Math.max(...analyses[i]!.faces.map(({ box }) => overlapOf(box, face.box)));
        expect(best).toBeGreaterThan(0.5);
      }
    }
  });

  it('puts five points where a face has them', () => {
    for (const { faces } of analyses) {
      for (const { box, landmarks } of faces) {
        const [leftEye, rightEye, nose, mouthLeft, mouthRight] = landmarks;
        for (const { x, y } of landmarks) {
          expect(x).toBeGreaterThan(box.x - box.width * 0.2);
          expect(x).toBeLessThan(box.x + box.width * 1.2);
          expect(y).toBeGreaterThan(box.y);
          expect(y).toBeLessThan(box.y + box.height * 1.1);
        }
        expect(leftEye.x).toBeLessThan(rightEye.x);
        expect(nose.y).toBeGreaterThan(Math.min(leftEye.y, rightEye.y));
        expect(Math.max(mouthLeft.y, mouthRight.y)).toBeGreaterThan(nose.y);
      }
    }
  });

  it('describes each face: unit embedding, evidence that decodes, sensible quality, largest first', async () => {
    for (const { faces, width, height } of analyses) {
      expect(width).toBe(1920);
      expect(height).toBeGreaterThan(1200);
      const areas = faces.map(({ box }) => box.width * box.height);
      expect(areas).toEqual(areas.toSorted((a, b) => b - a));
      for (const [i, face] of faces.entries()) {
        expect(face.index).toBe(i);
        expect(face.embedding).toHaveLength(512);
        expect(dot(face.embedding, face.embedding)).toBeCloseTo(1, 5);
        expect(face.quality.blur).toBeGreaterThan(20);
        expect(face.quality.size).toBeCloseTo(Math.min(face.box.width, face.box.height));
        const crop = await decodeImage(face.crop, { maxPixels });
        expect(Math.max(crop.width, crop.height)).toBe(160);
        crop.dispose();
      }
    }
  });

  it('knows one woman again in another photo, and takes no two others for the same', () => {
    const all = analyses.flatMap(({ faces }, number) =>
      faces.map(({ embedding }, i) => ({ name: `${number + 1}.${i}`, embedding })),
    );
    const pairs = all.flatMap((a, i) =>
      all.slice(i + 1).map((b) => ({ names: `${a.name} ${b.name}`, similarity: dot(a.embedding, b.embedding) })),
    );
    expect(pairs).toHaveLength((22 * 21) / 2);
    const alike = pairs.filter(({ similarity }) => similarity >= 0.45);
    expect(alike.map(({ names }) => names)).toEqual(['1.1 3.0']);
    expect(alike[0]!.similarity).toBeGreaterThan(0.65);
  });

  it('calls most of these live photos live', () => {
    const verdicts = analyses.flatMap(({ faces }) => faces.map(({ liveness }) => liveness.verdict));
    expect(verdicts.filter((verdict) => verdict === 'live').length).toBeGreaterThanOrEqual(18);
    expect(verdicts).not.toContain('unknown');
  });

  it('says how long each stage took and which model it was', () => {
    const { timings, model, synthetic } = analyses[0]!;
    for (const stage of ['decode', 'detect', 'landmarks', 'align', 'quality', 'embed', 'liveness', 'crop'] as const) {
      expect(timings[stage], stage).toBeGreaterThan(0);
    }
    expect(model).toEqual({
      id: expect.stringMatching(/^fr-feature-[0-9a-f]{12}$/) as string,
      dim: 512,
      detector: 'fr-detect',
    });
    expect(synthetic).toBe(false);
  });

  it('gives the same answer for the same bytes', async () => {
    const again = await pipeline.analyze(photos[3]!, { mode: 'single', maxPixels });
    expect(again.faces.map(({ box, embedding }) => ({ box, embedding }))).toEqual(
      analyses[3]!.faces.map(({ box, embedding }) => ({ box, embedding })),
    );
  });

  it('finds no face where there is none, in images of any size', async () => {
    const image = await decodeImage(photos[0]!, { maxPixels });
    const corner = image.region({ x: 0, y: 900, width: 300, height: 300 });
    for (const side of [300, 3, 1]) {
      const bytes = corner.resize(side, side).encodeJpeg();
      for (const mode of ['single', 'group'] as const) {
        expect((await pipeline.analyze(bytes, { mode, maxPixels })).faces, `${mode} ${side}`).toEqual([]);
      }
    }
    image.dispose();
  });

  it('leaves the evidence empty when none is wanted', async () => {
    const { faces } = await pipeline.analyze(photos[0]!, { mode: 'single', maxPixels, cropSize: 0 });
    expect(faces.map(({ crop }) => crop.length)).toEqual([0, 0, 0]);
  });

  it('does not look whether a face is live when that is not wanted, and finds the same faces', async () => {
    const { faces, timings } = await pipeline.analyze(photos[0]!, { mode: 'single', maxPixels, liveness: false });
    expect(faces.map(({ liveness }) => liveness)).toEqual(facesOf(0, { score: 0, verdict: 'unknown' }));
    expect(timings.liveness).toBe(0);
    expect(faces.map(({ box }) => box)).toEqual(analyses[0]!.faces.map(({ box }) => box));
  });

  it('refuses an image with more pixels than allowed, as plain data too', async () => {
    const { width, height } = readImageHeader(photos[0]!);
    const refused: unknown = await pipeline
      .analyze(photos[0]!, { mode: 'single', maxPixels: width * height - 1 })
      .catch((error: unknown) => error);
    expect(describeFailure(refused)).toEqual({
      code: 'IMAGE_TOO_LARGE',
      about: 'image',
      retryable: false,
      message: `The image has 1920×1280 pixels; at most ${1920 * 1280 - 1} in all are allowed.`,
    });
    await pipeline.analyze(photos[0]!, { mode: 'single', maxPixels: width * height });
  });
});

describe('the cascade detector', () => {
  it('finds most of the frontal faces, boxes like the other detector’s', async () => {
    const haar = await createPipeline({ modelPath, detector: 'haar', liveness: false });
    const { faces } = await haar.analyze(photos[2]!, { mode: 'single', maxPixels });
    expect(haar.model.detector).toBe('haar-alt2');
    const matched = analyses[2]!.faces.filter(({ box, embedding }) =>
      faces.some((face) => overlapOf(box, face.box) > 0.6 && dot(face.embedding, embedding) > 0.9),
    );
    expect(matched).toHaveLength(3);
    expect(faces.every(({ liveness }) => liveness.verdict === 'unknown')).toBe(true);
    const tiny = await haar.analyze(await onePixel(), { mode: 'single', maxPixels });
    expect(tiny.faces).toEqual([]);
    await haar.close();
  });
});

describe('the random embedder', () => {
  it('is marked synthetic, repeats itself and knows nobody', async () => {
    const random = await createPipeline({ modelPath, detector: 'rfb', embedder: 'random-dev' });
    const [first, again] = [
      await random.analyze(photos[0]!, { mode: 'single', maxPixels }),
      await random.analyze(photos[0]!, { mode: 'single', maxPixels }),
    ];
    expect(first).toMatchObject({ synthetic: true, model: { id: 'random-dev', dim: 512 } });
    expect(dot(first.faces[0]!.embedding, again.faces[0]!.embedding)).toBeCloseTo(1, 5);
    expect(Math.abs(dot(first.faces[0]!.embedding, first.faces[1]!.embedding))).toBeLessThan(0.25);
    await random.close();
  });

  it('is refused in production', async () => {
    const options = { modelPath, detector: 'rfb', embedder: 'random-dev', production: true } as const;
    await expect(createPipeline(options)).rejects.toMatchObject({ code: 'SYNTHETIC_REFUSED' });
  });
});

describe('models somebody brings', () => {
  it('come with the thresholds that their manifest says were measured for them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-brought-'));
    await cp(modelPath, folder, { recursive: true });
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
    manifest.embedder.thresholds = { match: 0.36, review: 0.31 };
    manifest.liveness.thresholds = { live: 0.7 };
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    const brought = await createPipeline({ modelPath: folder, detector: 'rfb' });
    expect(brought.thresholds).toEqual({ match: 0.36, review: 0.31, samePerson: 0.31, live: 0.7 });
    expect(pipeline.thresholds).toEqual({ match: 0.45, review: 0.4, samePerson: 0.35, live: 0.5 });
    await brought.close();
    await rm(folder, { recursive: true });
  });
});

describe('a pipeline without its models', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollcall-pipeline-'));
    await cp(modelPath, folder, { recursive: true });
  });

  afterAll(() => rm(folder, { recursive: true }));

  it('does not start, and says which file and command', async () => {
    const original = await readFile(join(folder, 'fr_feature.onnx'));
    await writeFile(join(folder, 'fr_feature.onnx'), original.subarray(0, 1000));
    await expect(createPipeline({ modelPath: folder, detector: 'rfb' })).rejects.toMatchObject({
      code: 'MODEL_DAMAGED',
      message: expect.stringMatching(/fr_feature\.onnx.*npm run setup/) as string,
    });
    await rm(join(folder, 'fr_feature.onnx'));
    await expect(createPipeline({ modelPath: folder, detector: 'rfb' })).rejects.toMatchObject({
      code: 'MODEL_MISSING',
      message: expect.stringMatching(/fr_feature\.onnx.*npm run setup/) as string,
    });
    await writeFile(join(folder, 'fr_feature.onnx'), original);
  });

  it('does not start with a detector it cannot read', async () => {
    const manifest = await readFile(join(folder, 'manifest.json'), 'utf8');
    await writeFile(join(folder, 'manifest.json'), manifest.replace('rfb-decoded', 'scrfd'));
    await expect(createPipeline({ modelPath: folder, detector: 'rfb' })).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      message: expect.stringContaining('scrfd') as string,
    });
    await writeFile(join(folder, 'manifest.json'), manifest);
  });
});

async function onePixel(): Promise<Uint8Array> {
  const image = await decodeImage(photos[0]!, { maxPixels });
  const bytes = image.resize(1, 1).encodeJpeg();
  image.dispose();
  return bytes;
}
