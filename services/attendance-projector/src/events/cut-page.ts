import type { EventPage } from '@rollcall/event-log';
import { weightOf } from '../domain/days-to-compute.js';

/**
 * Days a transaction computes without a sighting of them. A change of rules has an organization's days computed anew by
 * the thousand: in portions that hold up nobody's frames, and no reader of the log, for more than a moment.
 */
const MOST_DAYS = 500;

/** Ends a page behind the first events that together are work enough. */
export function cutPage(page: EventPage): EventPage {
  let weight = 0;
  const index = page.events.findIndex((event) => {
    weight += weightOf(event);
    return weight >= MOST_DAYS;
  });
  const last = page.events[index];
  if (last === undefined || index === page.events.length - 1) return page;
  const { epoch, xid, position } = last;
  return { ...page, events: page.events.slice(0, index + 1), next: { epoch, xid, position }, more: true };
}
