import { enrolmentImages, frames, samplePeople, visitorImages } from '@rollcall/sample-photos';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A frame that shows the visitor, who is not one of the demo's people: the two do not get in each other's way. */
const VISITORS_FRAME = 'sample2-arrival';

/**
 * Writes photos to try things with: `person/1.jpg` … and `frame.jpg` of one person, and for `npm run demo -- --people …
 * --frames …` the folders `people/` and `frames/`. Returns what was written, in words.
 */
export async function writeSamplePhotos(folder: string): Promise<string[]> {
  await writeImages(join(folder, 'person'), await visitorImages());
  for (const { key } of samplePeople()) await writeImages(join(folder, 'people', key), await enrolmentImages(key));
  const all = await frames();
  await mkdir(join(folder, 'frames'), { recursive: true });
  for (const [index, { name, bytes }] of all.entries()) {
    await writeFile(join(folder, 'frames', `${timeOf(index)}-${name}.jpg`), bytes);
    if (name === VISITORS_FRAME) await writeFile(join(folder, 'frame.jpg'), bytes);
  }
  return [
    `${join(folder, 'person')}: photos of one person to enrol`,
    `${join(folder, 'frame.jpg')}: a frame that shows that person and two others`,
    `${join(folder, 'people')}, ${join(folder, 'frames')}: ${samplePeople().length} people and ${all.length} frames for the demo`,
  ];
}

async function writeImages(folder: string, images: readonly { readonly bytes: Buffer }[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [index, { bytes }] of images.entries()) await writeFile(join(folder, `${index + 1}.jpg`), bytes);
}

/** A frame every half hour from eight on. */
function timeOf(index: number): string {
  const minutes = 8 * 60 + index * 30;
  const digits = (value: number): string => String(value).padStart(2, '0');
  return `2026-03-05T${digits(Math.floor(minutes / 60))}-${digits(minutes % 60)}-00`;
}
