/** Image files of a few bytes: headers and ends are real, what is between is not an image anybody could look at. */

/** Start, a header segment with a thumbnail (which has an end marker of its own), size, scan, end. */
export function jpegFile({ width = 640, height = 480, filling = 100 } = {}): Buffer {
  const thumbnail = Buffer.from('ffd8ffe000104a46494600ffd9', 'hex');
  const size = Buffer.from([8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]);
  const scan = Buffer.from([1, 1, 0, 0, 63, 0]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from('4a46494600010100000100010000', 'hex')),
    segment(0xe2, thumbnail),
    segment(0xc0, size),
    segment(0xda, scan),
    Buffer.alloc(filling, 0x55),
    Buffer.from([0xff, 0xd9]),
  ]);
}

function segment(marker: number, content: Buffer): Buffer {
  const length = content.length + 2;
  return Buffer.concat([Buffer.from([0xff, marker, length >> 8, length & 255]), content]);
}

export function pngFile({ width = 640, height = 480 } = {}): Buffer {
  const header = Buffer.alloc(25);
  header.writeUInt32BE(13, 0);
  header.write('IHDR', 4, 'latin1');
  header.writeUInt32BE(width, 8);
  header.writeUInt32BE(height, 12);
  header.set([8, 2, 0, 0, 0], 16);
  const end = Buffer.from('0000000049454e44ae426082', 'hex');
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), header, Buffer.alloc(50, 7), end]);
}

export function webpFile({ width = 640, height = 480, animated = false } = {}): Buffer {
  const chunk = Buffer.alloc(18);
  chunk.write('VP8X', 0, 'latin1');
  chunk.writeUInt32LE(10, 4);
  chunk.writeUInt8(animated ? 0x02 : 0, 8);
  chunk.writeUIntLE(width - 1, 12, 3);
  chunk.writeUIntLE(height - 1, 15, 3);
  const content = Buffer.concat([Buffer.from('WEBP'), chunk, Buffer.alloc(40, 3)]);
  const header = Buffer.alloc(8);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, content]);
}
