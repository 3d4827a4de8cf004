import { gunzipSync } from 'node:zlib';

const blockSize = 512;

/**
 * The wanted regular files of an npm tarball, by path with the leading `package/` cut off. npm writes plain ustar
 * archives with short names; anything else in the archive is skipped. Throws on data that is not a gzipped tar.
 */
export function extractTar(archive: Uint8Array, wanted: ReadonlySet<string>): Map<string, Uint8Array> {
  const tar = gunzipSync(archive);
  const files = new Map<string, Uint8Array>();
  for (let offset = 0; offset + blockSize <= tar.length; ) {
    const header = tar.subarray(offset, offset + blockSize);
    const path = text(header, 0, 100);
    if (path === '') break;
    if (text(header, 257, 5) !== 'ustar') throw new Error('not a tar archive');
    const size = Number.parseInt(text(header, 124, 12), 8);
    if (!Number.isInteger(size) || offset + blockSize + size > tar.length) {
      throw new Error('the tar archive is cut short');
    }
    const prefix = text(header, 345, 155);
    const name = (prefix ? `${prefix}/${path}` : path).replace(/^[^/]+\//, '');
    const regular = ['', '0'].includes(text(header, 156, 1));
    if (regular && wanted.has(name)) {
      files.set(name, tar.subarray(offset + blockSize, offset + blockSize + size));
    }
    offset += blockSize + Math.ceil(size / blockSize) * blockSize;
  }
  return files;
}

function text(header: Uint8Array, start: number, length: number): string {
  const field = Buffer.from(header.subarray(start, start + length)).toString('latin1');
  return field.split('\0', 1)[0]?.trim() ?? '';
}
