import { expect, it } from 'vitest';
import { findOtherGalleries } from './check-galleries.js';

const table = { version: 7, digest: 'faces' };
const worker = (frames: number, own?: typeof table) => ({
  ...{ pid: 42, frames_completed: frames, gallery_digests: own === undefined ? {} : { acme: own } },
});

it('is content with the faces of the table, and with a worker that nothing was asked of', () => {
  expect(findOtherGalleries([worker(3, table), worker(0)], table, 'acme')).toEqual([]);
});

it.each([
  [worker(3), 'completed 3 frames without a gallery'],
  [{ ...worker(3), gallery_digests: null }, 'completed 3 frames without a gallery'],
  [worker(3, { ...table, version: 6 }), 'version 6, table 7'],
  [worker(0, { ...table, digest: 'others' }), 'other faces'],
])('finds %j', (told, what) => {
  expect(findOtherGalleries([told], table, 'acme')).toEqual([expect.stringMatching(what)]);
});
