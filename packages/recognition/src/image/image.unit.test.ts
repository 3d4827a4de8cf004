import { describe, expect, it } from 'vitest';
import { RecognitionError } from '../recognition-error.js';
import { Image } from './image.js';

/** Every pixel tells where it is: blue is x, green is y. */
function coordinates(width: number, height: number): Image {
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i += 1) {
    pixels[i * 3] = i % width;
    pixels[i * 3 + 1] = Math.floor(i / width);
  }
  return Image.fromPixels(pixels, width, height);
}

function positionAt(image: Image, x: number, y: number): number[] {
  return [...image.pixels().subarray((y * image.width + x) * 3, (y * image.width + x) * 3 + 2)];
}

describe('an image', () => {
  it('gives back the pixels it was made from', () => {
    const image = coordinates(5, 4);
    expect(positionAt(image, 3, 2)).toEqual([3, 2]);
    image.dispose();
  });

  it('refuses bytes that do not fit its size', () => {
    expect(() => Image.fromPixels(new Uint8Array(10), 2, 2)).toThrow(RangeError);
  });

  it('cuts out a rectangle', () => {
    const image = coordinates(20, 20);
    const part = image.region({ x: 4, y: 6, width: 5, height: 7 });
    expect([part.width, part.height]).toEqual([5, 7]);
    expect(positionAt(part, 0, 0)).toEqual([4, 6]);
    expect(positionAt(part, 4, 6)).toEqual([8, 12]);
    image.dispose();
  });

  it('repeats its edge where a rectangle reaches past it', () => {
    const image = coordinates(20, 20);
    const part = image.region({ x: -3, y: 15, width: 10, height: 10 });
    expect([part.width, part.height]).toEqual([10, 10]);
    expect(positionAt(part, 0, 0)).toEqual([0, 15]);
    expect(positionAt(part, 3, 9)).toEqual([0, 19]);
    expect(positionAt(part, 9, 4)).toEqual([6, 19]);
    image.dispose();
  });

  it('gives a rectangle of the asked size even far outside', () => {
    const image = coordinates(20, 20);
    const part = image.region({ x: 50, y: 50, width: 4, height: 4 });
    expect([part.width, part.height]).toEqual([4, 4]);
    expect(positionAt(part, 2, 2)).toEqual([19, 19]);
    image.dispose();
  });

  it('pads a rectangle with black and not with what lies beside it', () => {
    const image = coordinates(20, 20);
    const part = image.region({ x: 2, y: 2, width: 4, height: 4 }).padTo(6, 5);
    expect([part.width, part.height]).toEqual([6, 5]);
    expect(positionAt(part, 3, 3)).toEqual([5, 5]);
    expect(positionAt(part, 5, 4)).toEqual([0, 0]);
    image.dispose();
  });

  it('averages when it shrinks', () => {
    const image = coordinates(44, 44);
    const small = image.resize(4, 4);
    expect(positionAt(small, 0, 0)).toEqual([5, 5]);
    expect(positionAt(small, 3, 3)).toEqual([38, 38]);
    image.dispose();
  });

  it('frees everything made from it', () => {
    const image = coordinates(20, 20);
    const part = image.region({ x: 0, y: 0, width: 10, height: 10 });
    part.dispose();
    expect(() => image.pixels()).toThrow(RecognitionError);
  });
});
