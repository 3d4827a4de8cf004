import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AnalyzedFace } from '../analysis.js';
import { defaultRecognitionPolicy } from '../policy.js';
import { identificationFigures } from './identification-figures.js';
import { readCsv } from './read-csv.js';
import {
  accuracyAt,
  areaUnderCurve,
  bestThreshold,
  verificationFigures,
  type ScoredPair,
} from './verification-figures.js';

const pair = (fold: string, similarity: number, same: boolean): ScoredPair => ({ fold, similarity, same });

describe('verification figures', () => {
  it('judge a fold at the threshold that is best on the others', () => {
    const pairs = [
      ...[0.9, 0.7, 0.5].map((s) => pair('1', s, true)),
      ...[0.1, 0.2, 0.3].map((s) => pair('1', s, false)),
      // Fold 1 would split at 0.4; here one of each lies on the wrong side of that.
      ...[0.9, 0.8, 0.35].map((s) => pair('2', s, true)),
      ...[0.1, 0.2, 0.45].map((s) => pair('2', s, false)),
    ];
    const { accuracy, thresholds } = verificationFigures(pairs);
    expect(thresholds[1]).toBeCloseTo(0.4);
    expect(accuracyAt(pairs.slice(6), thresholds[1]!)).toBeCloseTo(4 / 6);
    expect(accuracy).toBeLessThan(1);
  });

  it('are perfect when the two kinds do not mix', () => {
    const pairs = ['1', '2'].flatMap((fold) => [pair(fold, 0.8, true), pair(fold, 0.6, true), pair(fold, 0.1, false)]);
    const figures = verificationFigures(pairs);
    expect(figures).toMatchObject({ accuracy: 1, spread: 0, auc: 1 });
    expect(figures.operatingPoints.map(({ tar }) => tar)).toEqual([1, 1]);
  });

  it('count a threshold right even between equal similarities', () => {
    const pairs = [pair('1', 0.5, true), pair('1', 0.5, false), pair('1', 0.9, true)];
    expect(accuracyAt(pairs, bestThreshold(pairs))).toBeCloseTo(2 / 3);
  });

  it('give half the area for chance and ties', () => {
    expect(areaUnderCurve([0.5, 0.5], [0.5, 0.5])).toBe(0.5);
    expect(areaUnderCurve([0.1, 0.9], [0.5])).toBe(0.5);
  });
});

describe('identification figures', () => {
  const face = (embedding: number[]): AnalyzedFace =>
    ({
      embedding: Float32Array.from(embedding),
      quality: { blur: 100, size: 100, yaw: 0, pitch: 0, roll: 0 },
      liveness: { score: 0, verdict: 'unknown' },
    }) as unknown as AnalyzedFace;

  it('enrol the first image, look for the others, and take people with one image as strangers', () => {
    const faces = new Map([
      ['Ada_0001', face([1, 0, 0])],
      ['Ada_0002', face([0.9, 0.1, 0])],
      ['Ada_0003', face([0.1, 0.99, 0])],
      ['Bob_0001', face([0, 1, 0])],
      ['Bob_0002', face([0, 0.42, 0.9])],
      ['Cyd_0001', face([0, 0, 1])],
    ]);
    const figures = identificationFigures(faces, { ...defaultRecognitionPolicy, liveness: 'off' });
    expect(figures.gallery).toBe(2);
    expect(figures.known).toEqual({ match: 1, wrong: 1, review: 1, unknown: 0, rejected: 0 });
    expect(figures.strangers).toEqual({ match: 0, wrong: 0, review: 0, unknown: 1, rejected: 0 });
  });
});

describe('a table', () => {
  it('is read by its column names, whatever its order and line ends', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-csv-'));
    const path = join(folder, 'faces.csv');
    await writeFile(path, 'faces,note,file\r\n3,x,a.jpg\r\n4,y,b.jpg\r\n');
    expect(await readCsv(path, ['file', 'faces'])).toEqual([
      { file: 'a.jpg', faces: '3' },
      { file: 'b.jpg', faces: '4' },
    ]);
    await expect(readCsv(path, ['name'])).rejects.toThrow(/no column name/);
    await rm(folder, { recursive: true });
  });
});
