import type { StoredEvent } from '@rollcall/contracts';
import type { UndatedLog } from './attendance.js';
import { confirmedSightings } from './confirmed-sightings.js';
import { punchesIn } from './punches-in.js';
import { sightingsIn } from './sightings-in.js';

/** The sightings and punches an event brings: a case for each type that brings some. */
export function readSightings(event: StoredEvent): UndatedLog[] {
  switch (event.type) {
    case 'recognition.completed':
      return sightingsIn(event);
    case 'review.confirmed':
    case 'unknown_face.assigned':
      return confirmedSightings(event);
    case 'attendance.punched':
      return punchesIn(event);
    default:
      return [];
  }
}
