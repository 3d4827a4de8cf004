import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnalyzedFace, FrameAnalysis } from '../analysis.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { readCsv } from './read-csv.js';
import { StageTimes } from './stage-times.js';
import { verificationFigures, type VerificationFigures } from './verification-figures.js';

export interface PairsReport {
  readonly pairs: number;
  readonly images: number;
  /** Images in which no face was found: their pairs count as "different". */
  readonly withoutFace: readonly string[];
  readonly figures: VerificationFigures;
  readonly times: StageTimes;
}

const maxPixels = 50_000_000;

/**
 * Runs a verification protocol in LFW's layout (`DIR/NAME/NAME_0001.jpg`, CSV columns fold, a, b, same) through the
 * pipeline as the worker uses it. The subject of an LFW photo is the face nearest to its centre.
 */
export async function evaluatePairs(
  pipeline: Pipeline,
  folder: string,
  csv: string,
  progress: (done: number, of: number) => void,
): Promise<PairsReport> {
  const rows = await readCsv(csv, ['fold', 'a', 'b', 'same']);
  const images = [...new Set(rows.flatMap(({ a, b }) => [a, b]))];
  const embeddings = new Map<string, Float32Array>();
  const times = new StageTimes();
  for (const [i, image] of images.entries()) {
    const bytes = await readFile(join(folder, image.replace(/_\d+$/, ''), `${image}.jpg`));
    const analysis = await pipeline.analyze(bytes, { mode: 'single', maxPixels });
    times.add(analysis);
    const subject = nearestToCentre(analysis);
    if (subject) embeddings.set(image, subject.embedding);
    progress(i + 1, images.length);
  }
  const scored = rows.map(({ fold, a, b, same }) => ({
    fold,
    same: same === '1',
    similarity: similarityOf(embeddings.get(a), embeddings.get(b)),
  }));
  return {
    pairs: rows.length,
    images: images.length,
    withoutFace: images.filter((image) => !embeddings.has(image)),
    figures: verificationFigures(scored),
    times,
  };
}

function nearestToCentre(analysis: FrameAnalysis): AnalyzedFace | undefined {
  const distance = ({ box }: AnalyzedFace) =>
    Math.hypot(box.x + box.width / 2 - analysis.width / 2, box.y + box.height / 2 - analysis.height / 2);
  return analysis.faces.toSorted((a, b) => distance(a) - distance(b))[0];
}

function similarityOf(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (!a || !b) return -1;
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
