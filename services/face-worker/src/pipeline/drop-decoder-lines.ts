/**
 * What libjpeg, libpng and OpenCV say of images that are damaged, which any camera sends now and then. They print it;
 * what becomes of such an image stands in its result.
 */
const SAID_OF_IMAGES =
  /^(Corrupt JPEG data|Premature end of JPEG|Invalid SOS parameters|Unsupported (JPEG|marker)|Inconsistent progression|Unknown Adobe color|Warning: unknown JFIF|Application transferred too (many|few) scanlines|libpng (warning|error):|imdecode_\()/;

interface ErrorStream {
  write(chunk: string | Uint8Array, ...rest: unknown[]): boolean;
}

/** Keeps such lines of the pipeline's children, whose output ends in this process's, from the terminal. */
export function dropDecoderLines(stream: ErrorStream): void {
  const write = stream.write.bind(stream);
  stream.write = (chunk, ...rest) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    const lines = text.split(/(?<=\n)/);
    const kept = lines.filter((line) => !SAID_OF_IMAGES.test(line));
    if (kept.length === lines.length) return write(chunk, ...rest);
    if (kept.length > 0) return write(kept.join(''), ...rest);
    const done = rest.at(-1);
    // A pipe goes on only when it is told that its chunk is written.
    if (typeof done === 'function') queueMicrotask(() => (done as () => void)());
    return true;
  };
}
