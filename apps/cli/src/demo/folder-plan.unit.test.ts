import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DemoError } from './demo-error.js';
import { planFromFolders } from './folder-plan.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-folders-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(...files: string[]): Promise<void> {
  for (const file of files) {
    await mkdir(join(folder, file, '..'), { recursive: true });
    await writeFile(join(folder, file), file);
  }
}

const plan = () => planFromFolders(join(folder, 'people'), join(folder, 'frames'), 'Europe/Berlin');

describe('planFromFolders', () => {
  it('takes a folder a person, the first five images of each, and frames by time', async () => {
    const images = [1, 2, 3, 4, 5, 6].map((number) => `people/Ada/${number}.jpg`);
    await write(...images, 'people/Bo/a.JPG', 'people/Bo/b.png', 'people/Bo/c.webp', 'people/Bo/notes.txt');
    await write('frames/b-2026-03-02T08-00-00.jpg', 'frames/a-2026-03-02T09-00-00.jpg', 'frames/list.csv');
    const { people, frames, expected } = await plan();
    expect(people.map(({ fullName, employeeCode, images }) => [fullName, employeeCode, images.length])).toEqual([
      ['Ada', 'own-Ada', 5],
      ['Bo', 'own-Bo', 3],
    ]);
    expect(frames.map(({ capturedAt }) => capturedAt)).toEqual(['2026-03-02T07:00:00Z', '2026-03-02T08:00:00Z']);
    expect((await people[0]?.images[0]?.load())?.toString()).toBe('people/Ada/1.jpg');
    expect(expected).toBeUndefined();
  });

  it.each([
    ['a person with too few', ['people/Ada/1.jpg', 'people/Ada/2.jpg', 'frames/a.jpg'], /holds 2 images; at least 3/],
    ['no people', ['people/1.jpg', 'frames/a.jpg'], /holds no folders/],
    ['no frames', ['people/Ada/1.jpg', 'people/Ada/2.jpg', 'people/Ada/3.jpg', 'frames/a.txt'], /holds no images/],
    ['no folder', ['frames/a.jpg'], /cannot be read \(ENOENT\)/],
  ])('says what is missing: %s', async (_name, files, message) => {
    await write(...files);
    await expect(plan()).rejects.toThrow(message);
    await expect(plan()).rejects.toThrow(DemoError);
  });
});
