import { isEventType, type EventType } from '@rollcall/contracts';
import { compareCursors, decodeCursor, type Cursor } from '@rollcall/event-log';
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

/** Where a reader begins. A cursor comes before what is said of the start; the beginning is that of what is kept. */
export async function placeToStart(
  feeds: Pick<Feeds, 'readEnd' | 'readKeptFrom'>,
  organizationId: string,
  { cursor, start }: { readonly cursor: string | undefined; readonly start: 'beginning' | 'now' },
): Promise<Cursor> {
  if (cursor !== undefined) return decodeCursor(cursor);
  return start === 'now' ? feeds.readEnd() : feeds.readKeptFrom(organizationId);
}

/** @throws CURSOR_EXPIRED when events after the place are not kept any more: told before a stream begins, not by its end. */
export async function requireKept(
  feeds: Pick<Feeds, 'readKeptFrom'>,
  organizationId: string,
  place: Cursor,
): Promise<void> {
  if (compareCursors(place, await feeds.readKeptFrom(organizationId)) < 0) throw new AppError('CURSOR_EXPIRED');
}
