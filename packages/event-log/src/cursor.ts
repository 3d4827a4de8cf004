import type { EventKey } from '@rollcall/contracts';
import { AppError } from '@rollcall/service-kit';

/** A place in the event log: the key of the last event that was read. */
export type Cursor = EventKey;

/** Before the first event. */
export const startCursor: Cursor = { epoch: 0, xid: '0', position: '0' };

const FORM = /^v1\.(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,19})\.(0|[1-9]\d{0,18})$/;
const GREATEST_EPOCH = 32_767;
const GREATEST_XID = 2n ** 64n - 1n;
const GREATEST_POSITION = 2n ** 63n - 1n;

/** The cursor as clients see it: opaque, safe in a URL. */
export function encodeCursor({ epoch, xid, position }: Cursor): string {
  return Buffer.from(`v1.${epoch}.${xid}.${position}`).toString('base64url');
}

/** @throws AppError INVALID_CURSOR for anything that `encodeCursor` cannot have made. */
export function decodeCursor(text: string): Cursor {
  const decoded = Buffer.from(text, 'base64url');
  const match = FORM.exec(decoded.toString('latin1'));
  // Buffer ignores what is not base64url, so two texts could mean one cursor: only the text that was handed out counts.
  if (match === null || decoded.toString('base64url') !== text) throw new AppError('INVALID_CURSOR');
  const [, epoch = '', xid = '', position = ''] = match;
  if (Number(epoch) > GREATEST_EPOCH || BigInt(xid) > GREATEST_XID || BigInt(position) > GREATEST_POSITION) {
    throw new AppError('INVALID_CURSOR');
  }
  return { epoch: Number(epoch), xid, position };
}

/** Order of the log: negative when `a` comes first. */
export function compareCursors(a: Cursor, b: Cursor): number {
  if (a.epoch !== b.epoch) return a.epoch - b.epoch;
  return compareText(a.xid, b.xid) || compareText(a.position, b.position);
}

function compareText(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
