import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnalyzedFace, FrameAnalysis } from '../analysis.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { similarityOf } from './identification-figures.js';
import { readCsv } from './read-csv.js';
import { StageTimes } from './stage-times.js';
import { verificationFigures, type VerificationFigures } from './verification-figures.js';

export interface PairsReport {
  readonly pairs: number;
  readonly images: number;
  /** Images in which no face was found: their pairs count as "different". */
  readonly withoutFace: readonly string[];
  readonly figures: VerificationFigures;
  /** Each image's subject, by the image's name. */
  readonly subjects: ReadonlyMap<string, AnalyzedFace>;
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
  const subjects = new Map<string, AnalyzedFace>();
  const times = new StageTimes();
  for (const [i, image] of images.entries()) {
    const bytes = await readFile(join(folder, image.replace(/_\d+$/, ''), `${image}.jpg`));
    const analysis = await pipeline.analyze(bytes, { mode: 'single', maxPixels });
    times.add(analysis);
    const subject = nearestToCentre(analysis);
    if (subject) subjects.set(image, subject);
    progress(i + 1, images.length);
  }
  const scored = rows.map(({ fold, a, b, same }) => ({
    fold,
    same: same === '1',
    similarity: similarityOfPair(subjects.get(a), subjects.get(b)),
  }));
  return {
    pairs: rows.length,
    images: images.length,
    withoutFace: images.filter((image) => !subjects.has(image)),
    figures: verificationFigures(scored),
    subjects,
    times,
  };
}

function nearestToCentre(analysis: FrameAnalysis): AnalyzedFace | undefined {
  const distance = ({ box }: AnalyzedFace) =>
    Math.hypot(box.x + box.width / 2 - analysis.width / 2, box.y + box.height / 2 - analysis.height / 2);
  return analysis.faces.toSorted((a, b) => distance(a) - distance(b))[0];
}

/** A pair without a face counts as "different". */
function similarityOfPair(a: AnalyzedFace | undefined, b: AnalyzedFace | undefined): number {
  return a && b ? similarityOf(a.embedding, b.embedding) : -1;
}
