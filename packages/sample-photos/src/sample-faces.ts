import type { Box } from '@rollcall/recognition';

export type SamplePhoto = 'sample1.jpg' | 'sample2.jpg' | 'sample3.jpg' | 'sample4.jpg' | 'sample5.jpg' | 'sample6.jpg';

export interface SampleFace {
  readonly photo: SamplePhoto;
  /** Pixels of the photo as shipped, as the detector draws it. */
  readonly box: Box;
  /** Our own label of an enrolled person; absent for a stranger. */
  readonly person?: string;
  /** The face the person is enrolled from. Of a person in two photos only one is. */
  readonly enrolled?: true;
}

function face(photo: SamplePhoto, [x, y, width, height]: readonly [number, number, number, number]): SampleFace {
  return { photo, box: { x, y, width, height } };
}

function enrolled(person: string, photo: SamplePhoto, box: readonly [number, number, number, number]): SampleFace {
  return { ...face(photo, box), person, enrolled: true };
}

/** Nobody enrols her for the tests or the demo, though her face is fit for it. */
export const visitor: SampleFace = face('sample2.jpg', [1438, 159, 206, 234]);

/**
 * All 22 faces of the six photos, photo by photo. Who is who was settled by eye and by the pipeline's similarities: one
 * woman is in two photos (person-c, .69 across them). The strangers are those that are turned away, look down or hide
 * half their face, and some that are not, so that a frame has somebody nobody knows.
 */
export const sampleFaces: readonly SampleFace[] = [
  enrolled('person-a', 'sample1.jpg', [832, 431, 203, 222]),
  { ...face('sample1.jpg', [1463, 218, 216, 208]), person: 'person-c' },
  enrolled('person-b', 'sample1.jpg', [418, 359, 182, 237]),
  visitor,
  face('sample2.jpg', [368, 127, 165, 283]),
  face('sample2.jpg', [896, 222, 164, 230]),
  enrolled('person-c', 'sample3.jpg', [1076, 195, 229, 314]),
  enrolled('person-d', 'sample3.jpg', [590, 332, 201, 267]),
  enrolled('person-e', 'sample3.jpg', [1498, 301, 185, 264]),
  enrolled('person-f', 'sample4.jpg', [259, 190, 175, 255]),
  enrolled('person-g', 'sample4.jpg', [1264, 149, 168, 240]),
  face('sample4.jpg', [662, 62, 186, 247]),
  face('sample4.jpg', [988, 182, 174, 246]),
  enrolled('person-h', 'sample5.jpg', [371, 888, 182, 278]),
  enrolled('person-i', 'sample5.jpg', [796, 114, 154, 213]),
  face('sample5.jpg', [1410, 386, 180, 272]),
  face('sample5.jpg', [601, 415, 170, 259]),
  face('sample5.jpg', [1117, 212, 158, 216]),
  enrolled('person-j', 'sample6.jpg', [1486, 266, 213, 287]),
  face('sample6.jpg', [252, 487, 211, 272]),
  face('sample6.jpg', [675, 319, 175, 314]),
  face('sample6.jpg', [1171, 311, 188, 267]),
];

export const samplePhotos: readonly SamplePhoto[] = [...new Set(sampleFaces.map(({ photo }) => photo))];
