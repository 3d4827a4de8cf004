import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCaptureTime, readNamedTime } from './capture-time.js';

const zone = 'Europe/Berlin';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-photos-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The smallest JPEG with EXIF: DateTimeOriginal and OffsetTimeOriginal in the EXIF folder of a little-endian TIFF. */
function jpegTakenAt(time: string, offset: string): Buffer {
  const texts = [Buffer.from(`${time}\0`), Buffer.from(`${offset}\0`)];
  const tiff = Buffer.alloc(26 + 2 + 2 * 12 + 4);
  tiff.write('II*\0', 0, 'latin1');
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(1, 8);
  writeEntry(tiff, 10, 0x8769, 4, 1, 26);
  tiff.writeUInt16LE(2, 26);
  let position = tiff.length;
  [0x9003, 0x9011].forEach((tag, index) => {
    const { length } = texts[index] as Buffer;
    writeEntry(tiff, 28 + index * 12, tag, 2, length, position);
    position += length;
  });
  const body = Buffer.concat([Buffer.from('Exif\0\0'), tiff, ...texts]);
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 0xff]);
  return Buffer.concat([head, body, Buffer.from([0xff, 0xd9])]);
}

function writeEntry(tiff: Buffer, at: number, tag: number, type: number, count: number, value: number): void {
  tiff.writeUInt16LE(tag, at);
  tiff.writeUInt16LE(type, at + 2);
  tiff.writeUInt32LE(count, at + 4);
  tiff.writeUInt32LE(value, at + 8);
}

describe('readNamedTime', () => {
  it.each([
    ['2026-03-02T08-58-00.jpg', '2026-03-02T07:58:00Z'],
    ['IMG_20260302_085812.jpg', '2026-03-02T07:58:12Z'],
    ['door-1 2026-07-02 08.58.jpg', '2026-07-02T06:58:00Z'],
    ['2026-03-02T08:58:00Z.png', '2026-03-02T08:58:00Z'],
    ['2026-03-02T08:58:00+05:30.png', '2026-03-02T03:28:00Z'],
    ['PXL_20260302_085812345.jpg', undefined],
    ['20260231_085812.jpg', undefined],
    ['20260302_256100.jpg', undefined],
    ['frame-12.jpg', undefined],
  ])('reads %s as %s', (name, expected) => {
    expect(readNamedTime(name, zone)?.toString()).toBe(expected);
  });
});

describe('findCaptureTime', () => {
  it('believes the camera first', async () => {
    const path = join(folder, '2020-01-01T00-00-00.jpg');
    await writeFile(path, jpegTakenAt('2026:03:02 08:58:12', '+02:00'));
    const { at, origin } = await findCaptureTime(path, zone);
    expect([at.toString(), origin]).toEqual(['2026-03-02T06:58:12Z', 'EXIF']);
  });

  it('then the name, then the date of the file', async () => {
    const named = join(folder, '2026-03-02T08-58-00.jpg');
    const plain = join(folder, 'frame.jpg');
    await writeFile(named, 'no image');
    await writeFile(plain, 'no image');
    await utimes(plain, 1_772_000_000, 1_772_000_000);
    expect((await findCaptureTime(named, zone)).origin).toBe('file name');
    const { at, origin } = await findCaptureTime(plain, zone);
    expect([at.epochMilliseconds, origin]).toEqual([1_772_000_000_000, 'file date']);
  });
});
