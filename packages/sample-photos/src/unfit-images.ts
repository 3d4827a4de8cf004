import { decodeImage, type Box, type Image } from '@rollcall/recognition';
import { withMargin } from './enrolment-images.js';
import { readPhoto } from './read-photo.js';

/** An image that nobody can be enrolled from, and the code with which it is refused. */
export interface UnfitImage {
  readonly code: 'MULTIPLE_FACES' | 'NO_FACE' | 'BLURRED' | 'FACE_TOO_SMALL';
  readonly bytes: Buffer;
}

const PHOTO = 'sample1.jpg';
/** Of person-a, and of her with the woman beside her; pixels of the photo. */
const FACE: Box = { x: 832, y: 431, width: 203, height: 222 };
const PAIR: Box = { x: 300, y: 200, width: 860, height: 600 };
const NOBODY: Box = { x: 0, y: 900, width: 300, height: 300 };
/** The face comes to 40 pixels. */
const SMALL = 0.2;
/** At 24 pixels the face loses its sharpness, and does not win it back when it is enlarged. */
const BLUR = 0.12;

/** Images made from one of the photos, each unfit for enrolling person-a for one reason. The same bytes every time. */
export async function unfitImages(): Promise<UnfitImage[]> {
  const photo = await decodeImage(await readPhoto(PHOTO), { maxPixels: 10_000_000 });
  try {
    const portrait = photo.region(withMargin(FACE, 0.6));
    const made: readonly [UnfitImage['code'], Image][] = [
      ['MULTIPLE_FACES', photo.region(PAIR)],
      ['NO_FACE', photo.region(NOBODY)],
      ['BLURRED', scaled(portrait, BLUR).resize(portrait.width, portrait.height)],
      ['FACE_TOO_SMALL', scaled(portrait, SMALL)],
    ];
    return made.map(([code, image]) => ({ code, bytes: Buffer.from(image.encodeJpeg(90)) }));
  } finally {
    photo.dispose();
  }
}

function scaled(image: Image, by: number): Image {
  return image.resize(Math.round(image.width * by), Math.round(image.height * by));
}
