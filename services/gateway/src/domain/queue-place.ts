import type { SystemConfig } from '@rollcall/contracts';

/** Before a kiosk somebody stands and waits; whoever uploads a picture looks at a screen; a camera waits for nothing. */
const priorities: Readonly<Record<string, number>> = { kiosk: 20, upload: 10, camera: 0 };

/** Where a frame stands in the queue: the higher comes first. */
export function priorityOf(sourceType: string): number {
  return priorities[sourceType] ?? 0;
}

/** When a frame that came now has waited too long to be looked at. */
export function expiryOf(now: Date, processing: Pick<SystemConfig['processing'], 'max_frame_age_minutes'>): Date {
  return new Date(now.getTime() + processing.max_frame_age_minutes * 60_000);
}
