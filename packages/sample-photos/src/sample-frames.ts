import { makeVariant, type Variant } from './make-variant.js';
import { readPhoto } from './read-photo.js';
import { sampleFaces, samplePhotos, type SamplePhoto } from './sample-faces.js';

export type Occasion = 'arrival' | 'departure';

export interface SampleFrame {
  readonly name: string;
  readonly photo: SamplePhoto;
  readonly occasion: Occasion;
  readonly bytes: Buffer;
  /** Keys of the enrolled people it shows. */
  readonly people: readonly string[];
  /** How many other faces it shows. */
  readonly strangers: number;
  /** What was done to the photo, in words. */
  readonly variant: string;
}

/** Other variants than those people are enrolled from: whole photos, as a camera would send them. */
const occasions: Readonly<Record<Occasion, Variant & { readonly says: string }>> = {
  arrival: {
    name: 'arrival',
    says: 'the whole photo at two thirds of the size, 15 % darker',
    scale: 2 / 3,
    gain: 0.85,
    offset: 0,
    jpegQuality: 80,
  },
  departure: {
    name: 'departure',
    says: 'the whole photo at 85 % of the size, 10 % brighter, strongly compressed',
    scale: 0.85,
    gain: 1.1,
    offset: 5,
    jpegQuality: 70,
  },
};

/**
 * The woman who is in two photos: enrolled from one, to be recognised in a frame made from the other. What proves that
 * the recognition does more than find the same photo again.
 */
export const crossPhotoPair = {
  enrolled: 'person-c',
  photo: 'sample3.jpg',
  frame: 'sample1-arrival',
  /** Cosine between her two faces, measured with the default models. */
  similarity: 0.69,
} as const;

/** Two frames of every photo, an arrival and a departure. */
export async function frames(): Promise<SampleFrame[]> {
  const made = samplePhotos.map(async (photo) => {
    const bytes = await readPhoto(photo);
    return Promise.all((['arrival', 'departure'] as const).map((occasion) => makeFrame(photo, bytes, occasion)));
  });
  return (await Promise.all(made)).flat();
}

async function makeFrame(photo: SamplePhoto, bytes: Uint8Array, occasion: Occasion): Promise<SampleFrame> {
  const { says, ...variant } = occasions[occasion];
  const faces = sampleFaces.filter((face) => face.photo === photo);
  const people = faces.flatMap(({ person }) => person ?? []);
  return {
    name: `${photo.replace('.jpg', '')}-${occasion}`,
    photo,
    occasion,
    bytes: await makeVariant(bytes, variant),
    people,
    strangers: faces.length - people.length,
    variant: `${photo}: ${says}`,
  };
}
