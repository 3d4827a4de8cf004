import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { AnalyzedFace } from '../analysis.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { describeFailure } from '../recognition-error.js';

const photoTypes = new Set(['.jpg', '.jpeg', '.png', '.webp']);
const maxPixels = 50_000_000;

/** A line a face for every photo of a folder: what quality limits and liveness say of one's own camera. */
export async function describePhotos(
  pipeline: Pipeline,
  folder: string,
  mode: 'single' | 'group',
  print: (line: string) => void,
): Promise<void> {
  const files = (await readdir(folder)).filter((file) => photoTypes.has(extname(file).toLowerCase()));
  let live = 0;
  let faces = 0;
  for (const file of files.toSorted()) {
    const bytes = await readFile(join(folder, file));
    try {
      const analysis = await pipeline.analyze(bytes, { mode, maxPixels, cropSize: 0 });
      for (const face of analysis.faces) print(`${file} ${describeFace(face)}`);
      faces += analysis.faces.length;
      live += analysis.faces.filter(({ liveness }) => liveness.verdict === 'live').length;
      if (analysis.faces.length === 0) print(`${file} no face`);
    } catch (error) {
      print(`${file} ${describeFailure(error).message}`);
    }
  }
  print(`${files.length} photos, ${faces} faces, ${live} taken for live`);
}

function describeFace({ index, quality, liveness, detectionScore }: AnalyzedFace): string {
  const { size, blur, yaw, pitch, roll } = quality;
  const angles = [yaw, pitch, roll].map((angle) => angle.toFixed(0)).join('/');
  return (
    `face ${index}: ${size.toFixed(0)} px, blur ${blur.toFixed(0)}, yaw/pitch/roll ${angles}, ` +
    `detected ${detectionScore.toFixed(2)}, ${liveness.verdict} ${liveness.score.toFixed(2)}`
  );
}
