import { describe, expect, it } from 'vitest';
import { faceAt, vectorAt } from '../testing/memory-gallery-source.test.js';
import { digestFaces } from './digest-faces.js';
import { Gallery } from './gallery.js';

describe('Gallery', () => {
  it('finds the nearest faces of each probe, best first', async () => {
    const gallery = Gallery.empty(8, 0);
    gallery.add([faceAt(1, 'ann', 0), faceAt(2, 'bob', 3), faceAt(3, 'ann', 0, 0.3)]);
    const [first, second] = await gallery.search([vectorAt(0), vectorAt(3)]);
    expect(first?.map(({ faceId }) => faceId)).toEqual(['face-1', 'face-3', 'face-2']);
    expect(first?.[0]).toEqual({ faceId: 'face-1', userId: 'ann', similarity: 1 });
    expect(second?.[0]).toMatchObject({ faceId: 'face-2', userId: 'bob' });
  });

  it('looks further until it sees a second person', async () => {
    const gallery = Gallery.empty(8, 0);
    gallery.add(Array.from({ length: 100 }, (_, index) => faceAt(index + 1, 'ann', 0, index / 1_000)));
    gallery.add([faceAt(500, 'bob', 4)]);
    const [found] = await gallery.search([vectorAt(0)]);
    expect(found?.at(-1)).toMatchObject({ userId: 'bob' });
    expect(found).toHaveLength(101);
  });

  it('finds nobody when it is empty', async () => {
    expect(await Gallery.empty(8, 0).search([vectorAt(0)])).toEqual([[]]);
  });

  it('takes changes it knows already without harm', () => {
    const gallery = Gallery.empty(8, 0);
    const ann = faceAt(1, 'ann', 0);
    gallery.add([ann, ann]);
    gallery.apply([{ op: 'add', version: 1, faissId: 1, face: ann }], 1);
    gallery.apply([{ op: 'remove', version: 2, faissId: 77 }], 2);
    expect([gallery.size, gallery.version]).toEqual([1, 2]);
  });

  it('has the digest of its present faces, whatever way it came to them', () => {
    const [ann, bob] = [faceAt(1, 'ann', 0), faceAt(2, 'bob', 1)];
    const gallery = Gallery.empty(8, 0);
    const empty = gallery.digest();
    gallery.add([bob]);
    gallery.apply([{ op: 'add', version: 1, faissId: 1, face: ann }], 1);
    const other = Gallery.empty(8, 5);
    other.add([ann, bob]);
    expect(gallery.digest()).toBe(other.digest());
    expect(gallery.digest()).toBe(digestFaces(new Map([ann, bob].map((face) => [face.faissId, face]))));
    gallery.apply(
      [1, 2].map((faissId) => ({ op: 'remove', version: 2, faissId })),
      2,
    );
    expect(gallery.digest()).toBe(empty);
    expect(other.digest()).not.toBe(empty);
  });

  it('never finds who was removed, also when added and removed in one stretch', async () => {
    const gallery = Gallery.empty(8, 0);
    gallery.add([faceAt(1, 'ann', 0)]);
    gallery.apply(
      [
        { op: 'add', version: 1, faissId: 2, face: faceAt(2, 'bob', 1) },
        { op: 'remove', version: 2, faissId: 2 },
        { op: 'remove', version: 3, faissId: 1 },
        { op: 'add', version: 4, faissId: 3 },
      ],
      4,
    );
    expect([gallery.size, gallery.version]).toEqual([0, 4]);
    expect(await gallery.search([vectorAt(0)])).toEqual([[]]);
  });

  it('finds nobody who is removed while the search is under way', async () => {
    const gallery = Gallery.empty(8, 0);
    gallery.add([faceAt(1, 'ann', 0), faceAt(2, 'bob', 4)]);
    const searching = gallery.search([vectorAt(0)]);
    gallery.apply([{ op: 'remove', version: 1, faissId: 1 }], 1);
    const [found] = await searching;
    expect(found?.map(({ userId }) => userId)).toEqual(['bob']);
  });

  it('refuses an embedding of another length', () => {
    expect(() => Gallery.empty(8, 0).add([faceAt(1, 'ann', 0, 0, 4)])).toThrow(RangeError);
  });
});
