import { isEventType, type EventType } from '@rollcall/contracts';
import { decodeCursor, startCursor, type Cursor } from '@rollcall/event-log';
import { AppError } from '@rollcall/service-kit';
import type { Feeds } from '../../../feeds/create-feeds.js';

/** @throws VALIDATION_FAILED for a type there is not: who misspells one would wait for ever. */
export function readTypes(text: string): EventType[] {
  return text.split(',').map((type) => {
    if (isEventType(type)) return type;
    throw new AppError('VALIDATION_FAILED', {
      errors: [{ path: '/types', code: 'NOT_ALLOWED', message: `there is no event type ${type.slice(0, 100)}` }],
    });
  });
}

/** Where a reader begins. A cursor comes before what is said of the start. */
export async function placeToStart(
  feeds: Pick<Feeds, 'readEnd'>,
  cursor: string | undefined,
  start: 'beginning' | 'now',
): Promise<Cursor> {
  if (cursor !== undefined) return decodeCursor(cursor);
  return start === 'now' ? feeds.readEnd() : startCursor;
}
