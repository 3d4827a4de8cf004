import type { Box } from '@rollcall/recognition';
import { makeVariant, type Variant } from './make-variant.js';
import { readPhoto } from './read-photo.js';
import { sampleFaces, visitor, type SampleFace, type SamplePhoto } from './sample-faces.js';

export interface SamplePerson {
  /** Our own label; the people's names are not known. */
  readonly key: string;
  /** The photo the person is enrolled from, and where in it the face is. */
  readonly photo: SamplePhoto;
  readonly box: Box;
}

export interface EnrolmentImage {
  readonly name: string;
  readonly bytes: Buffer;
  /** What was done to the photo, in words. */
  readonly variant: string;
}

/** Each shows one person; `margin` is kept around the face on every side, in sides of the face. */
const variants: readonly (Variant & { readonly margin: number; readonly says: string })[] = [
  {
    name: 'portrait',
    says: 'cut out of the photo',
    margin: 0.6,
    scale: 1,
    gain: 1,
    offset: 0,
    jpegQuality: 92,
  },
  {
    name: 'smaller',
    says: 'cut out wider, at 60 % of the size',
    margin: 0.8,
    scale: 0.6,
    gain: 1,
    offset: 0,
    jpegQuality: 85,
  },
  {
    name: 'darker',
    says: 'cut out, 20 % darker',
    margin: 0.6,
    scale: 1,
    gain: 0.8,
    offset: 0,
    jpegQuality: 90,
  },
  {
    name: 'brighter',
    says: 'cut out, 20 % brighter, at 80 % of the size, strongly compressed',
    margin: 0.7,
    scale: 0.8,
    gain: 1.2,
    offset: 10,
    jpegQuality: 55,
  },
];

/** The people to enrol, by key. */
export function samplePeople(): SamplePerson[] {
  return sampleFaces
    .filter((face): face is SampleFace & { person: string } => face.enrolled === true)
    .map(({ person, photo, box }) => ({ key: person, photo, box }))
    .toSorted((a, b) => a.key.localeCompare(b.key));
}

/** Four variants of the one photo a person is enrolled from. Throws for a key nobody has. */
export async function enrolmentImages(personKey: string): Promise<EnrolmentImage[]> {
  const person = samplePeople().find(({ key }) => key === personKey);
  if (!person) throw new RangeError(`nobody in the sample photos is called ${personKey}`);
  return imagesOf(person);
}

/** The same of somebody who is a stranger in all frames: to try an enrolment with that no other one knows of. */
export function visitorImages(): Promise<EnrolmentImage[]> {
  return imagesOf({ key: 'visitor', ...visitor });
}

async function imagesOf({ key, photo, box }: SamplePerson): Promise<EnrolmentImage[]> {
  const bytes = await readPhoto(photo);
  return Promise.all(
    variants.map(async ({ margin, says, ...variant }) => ({
      name: `${key}-${variant.name}.jpg`,
      bytes: await makeVariant(bytes, variant, withMargin(box, margin)),
      variant: `${photo}: ${says}`,
    })),
  );
}

/** A box with so many of its sides more on every side, in whole pixels, inside the photo's left and upper edge. */
export function withMargin({ x, y, width, height }: Box, margin: number): Box {
  const left = Math.max(0, Math.round(x - margin * width));
  const top = Math.max(0, Math.round(y - margin * height));
  return {
    x: left,
    y: top,
    width: Math.round(x + width * (1 + margin)) - left,
    height: Math.round(y + height * (1 + margin)) - top,
  };
}
