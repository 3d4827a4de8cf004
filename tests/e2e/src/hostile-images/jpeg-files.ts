/** A segment of a JPEG: marker, length, content. */
function segment(marker: number, content: Uint8Array): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

/** The photo with a segment put in behind its start. */
export function withSegment(photo: Uint8Array, marker: number, content: Uint8Array): Buffer {
  return Buffer.concat([photo.subarray(0, 2), segment(marker, content), photo.subarray(2)]);
}

/** The photo with an EXIF block that says which way up it is: 1 to 8 are defined, others are not. */
export function withOrientation(photo: Uint8Array, orientation: number): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write('II', 0, 'latin1');
  tiff.writeUInt16LE(42, 2);
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(1, 8);
  tiff.writeUInt16LE(0x0112, 10);
  tiff.writeUInt16LE(3, 12);
  tiff.writeUInt32LE(1, 14);
  tiff.writeUInt16LE(orientation, 18);
  return withSegment(photo, 0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]));
}

/** Where the frame header (SOF) of a JPEG begins: its marker's 0xff. @throws Error when there is none. */
export function frameHeaderAt(photo: Uint8Array): number {
  const bytes = Buffer.from(photo);
  for (let at = 2; at + 4 < bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xc2) return at;
  }
  throw new Error('not a JPEG with a frame header');
}

/** The photo with a frame header that lies about its size. */
export function withSize(photo: Uint8Array, width: number, height: number): Buffer {
  const bytes = Buffer.from(photo);
  const at = frameHeaderAt(bytes);
  bytes.writeUInt16BE(height, at + 5);
  bytes.writeUInt16BE(width, at + 7);
  return bytes;
}

/** A right baseline JPEG of four components, as cameras for print write it (CMYK): one even colour. */
export function cmykJpeg(width = 256, height = 256): Buffer {
  const quantization = Buffer.concat([Buffer.from([0]), Buffer.alloc(64, 1)]);
  const size = Buffer.from([8, height >> 8, height & 255, width >> 8, width & 255, 4]);
  const components = Buffer.from([1, 2, 3, 4].flatMap((id) => [id, 0x11, 0]));
  const scan = Buffer.from([4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]);
  const blocks = (width / 8) * (height / 8);
  // A block is 00 (no difference) and 1010 (its end); four of them are three bytes.
  const pixels = Buffer.alloc(blocks * 3, Buffer.from([0x28, 0xa2, 0x8a]));
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xee, Buffer.from('41646f626500640000000000', 'hex')),
    segment(0xdb, quantization),
    segment(0xc0, Buffer.concat([size, components])),
    segment(0xc4, codeTable(0x00, { 2: [0] })),
    segment(0xc4, codeTable(0x10, { 2: [1, 2], 3: [3], 4: [0] })),
    segment(0xda, scan),
    pixels,
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** A table of Huffman codes: for each length in bits the values that have a code of it. */
function codeTable(kind: number, values: Readonly<Record<number, readonly number[]>>): Buffer {
  const lengths = Array.from({ length: 16 }, (_, index) => values[index + 1] ?? []);
  return Buffer.from([kind, ...lengths.map(({ length }) => length), ...lengths.flat()]);
}
