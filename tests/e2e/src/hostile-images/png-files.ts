import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** How a PNG says its pixels are kept: colour type and bits a channel, and how many channels that makes. */
export const PNG_KINDS = {
  grey8: { colour: 0, bits: 8, channels: 1 },
  grey16: { colour: 0, bits: 16, channels: 1 },
  greyAlpha16: { colour: 4, bits: 16, channels: 2 },
  rgb8: { colour: 2, bits: 8, channels: 3 },
  rgb16: { colour: 2, bits: 16, channels: 3 },
  rgba16: { colour: 6, bits: 16, channels: 4 },
} as const;

export interface PngParts {
  readonly kind?: keyof typeof PNG_KINDS;
  readonly width?: number;
  readonly height?: number;
  /** Rows that are really there; as many as the header says when not given. */
  readonly rows?: number;
  readonly interlaced?: boolean;
  /** Chunks between header and pixels: name and content. */
  readonly chunks?: readonly (readonly [string, Uint8Array])[];
  /** What takes the place of the compressed pixels. */
  readonly pixels?: Uint8Array;
}

/** A PNG of a gradient, right in every part that is not given otherwise. */
export function pngOf(parts: PngParts = {}): Buffer {
  const { width = 320, height = 240, interlaced = false } = parts;
  const { colour, bits, channels } = PNG_KINDS[parts.kind ?? 'rgb8'];
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, colour, 0, 0, interlaced ? 1 : 0], 8);
  const rowBytes = 1 + (width * channels * bits) / 8;
  const rows = parts.rows ?? height;
  const raw = () =>
    Buffer.from(Uint8Array.from({ length: rowBytes * rows }, (_, at) => (at % rowBytes === 0 ? 0 : at)));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    ...(parts.chunks ?? []).map(([name, content]) => chunk(name, content)),
    chunk('IDAT', parts.pixels ?? deflateSync(raw())),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(content.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}
