/**
 * A stored embedding (little-endian float32) as numbers. Copied, since the driver's buffer need not be aligned.
 *
 * @throws Error for an encrypted one: this version has no key for it.
 */
export function decodeEmbedding(bytes: Buffer, keyId: string | null): Float32Array {
  if (keyId !== null) throw new Error(`the embedding is encrypted with key ${keyId}, which is not known here`);
  const copy = new Uint8Array(bytes);
  return new Float32Array(copy.buffer, 0, Math.floor(copy.byteLength / Float32Array.BYTES_PER_ELEMENT));
}
