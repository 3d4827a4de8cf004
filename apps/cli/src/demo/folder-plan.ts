import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { DemoFrame, DemoImage, DemoPerson, DemoPlan } from './demo-plan.js';
import { DemoError } from './demo-error.js';
import { findCaptureTime, type CaptureTimeOrigin } from './capture-time.js';

const IMAGE_TYPES = new Set(['.jpg', '.jpeg', '.png', '.webp']);
const FEWEST_IMAGES = 3;
const MOST_IMAGES = 5;

/**
 * A demo of one's own photos: `people` holds a folder a person with 3 or more images (the first five by name are taken),
 * `frames` holds camera frames.
 *
 * @throws DemoError that says what is missing and where
 */
export async function planFromFolders(people: string, frames: string, timeZone: string): Promise<DemoPlan> {
  const planned = { people: await readPeople(people), frames: await readFrames(frames, timeZone) };
  return {
    title: 'your own photos',
    notes: [
      `People: ${planned.people.length} from ${people}, a folder each (3 to 5 images, the first five by name).`,
      `Frames: ${planned.frames.frames.length} from ${frames}; capture times from ${planned.frames.origins}.`,
      `Times that name no offset are read as ${timeZone}.`,
    ],
    people: planned.people,
    frames: planned.frames.frames,
    expected: undefined,
    crossPhoto: undefined,
    strangers: undefined,
  };
}

async function readPeople(folder: string): Promise<DemoPerson[]> {
  const entries = await list(folder);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  if (names.length === 0)
    throw new DemoError(`${folder} holds no folders: put 3 to 5 photos of each person into a folder of their own.`);
  return Promise.all(
    names.sort().map(async (name) => {
      const images = await listImages(join(folder, name));
      if (images.length < FEWEST_IMAGES) {
        throw new DemoError(
          `${join(folder, name)} holds ${images.length} images; at least ${FEWEST_IMAGES} are needed.`,
        );
      }
      return { employeeCode: employeeCodeOf(name), fullName: name, images: images.slice(0, MOST_IMAGES).map(toImage) };
    }),
  );
}

async function readFrames(folder: string, timeZone: string): Promise<{ frames: DemoFrame[]; origins: string }> {
  const paths = await listImages(folder);
  if (paths.length === 0) throw new DemoError(`${folder} holds no images (${[...IMAGE_TYPES].join(', ')}).`);
  const counts = new Map<CaptureTimeOrigin, number>();
  const frames: DemoFrame[] = [];
  for (const path of paths) {
    const { at, origin } = await findCaptureTime(path, timeZone);
    counts.set(origin, (counts.get(origin) ?? 0) + 1);
    frames.push({ sourceId: 'demo-own-photos', capturedAt: at.toString(), image: toImage(path) });
  }
  const origins = [...counts].map(([origin, count]) => `${origin} (${count})`).join(', ');
  return { frames: frames.sort((a, b) => Date.parse(a.capturedAt) - Date.parse(b.capturedAt)), origins };
}

async function listImages(folder: string): Promise<string[]> {
  const entries = await list(folder);
  return entries
    .filter((entry) => entry.isFile() && IMAGE_TYPES.has(extname(entry.name).toLowerCase()))
    .map((entry) => join(folder, entry.name))
    .sort();
}

async function list(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw new DemoError(`${folder} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

function toImage(path: string): DemoImage {
  return { label: basename(path), load: () => readFile(path) };
}

function employeeCodeOf(name: string): string {
  return `own-${name}`.slice(0, 64);
}
