/** An image that holds this within its first 4 KB ends the pipeline child that reads it. */
export const CRASH_MARK = 'rollcall-fault-suite:crash';

/** The same JPEG with the mark as a comment behind its first marker. */
export function withCrashMark(jpeg: Uint8Array): Uint8Array {
  const text = Buffer.from(CRASH_MARK);
  const comment = Buffer.from([0xff, 0xfe, 0, text.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), comment, text, jpeg.subarray(2)]);
}
