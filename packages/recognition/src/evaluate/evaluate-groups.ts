import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pipeline } from '../pipeline/pipeline.js';
import { readCsv } from './read-csv.js';
import { StageTimes } from './stage-times.js';

export interface GroupsReport {
  readonly photos: readonly { file: string; faces: number; found: number }[];
  /** Faces counted by eye. */
  readonly faces: number;
  /** Found up to the count, photo by photo, over all counted. */
  readonly recall: number;
  /** Found beyond the count. */
  readonly falseFaces: number;
  readonly times: StageTimes;
}

const maxPixels = 50_000_000;

/**
 * Compares the faces found in a folder's photos with a table of counts (columns file, faces). Only counts are known,
 * so a missed face and a false one in the same photo cancel out.
 */
export async function evaluateGroups(
  pipeline: Pipeline,
  folder: string,
  counts: string,
  mode: 'single' | 'group',
): Promise<GroupsReport> {
  const rows = await readCsv(counts, ['file', 'faces']);
  const times = new StageTimes();
  const photos: { file: string; faces: number; found: number }[] = [];
  for (const { file, faces } of rows) {
    const analysis = await pipeline.analyze(await readFile(join(folder, file)), { mode, maxPixels });
    times.add(analysis);
    photos.push({ file, faces: Number(faces), found: analysis.faces.length });
  }
  const sum = (value: (photo: (typeof photos)[number]) => number) =>
    photos.reduce((total, photo) => total + value(photo), 0);
  const faces = sum((photo) => photo.faces);
  return {
    photos,
    faces,
    recall: sum((photo) => Math.min(photo.found, photo.faces)) / faces,
    falseFaces: sum((photo) => Math.max(0, photo.found - photo.faces)),
    times,
  };
}
