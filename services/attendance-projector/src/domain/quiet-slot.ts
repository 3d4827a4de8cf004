/**
 * A stranger in front of a camera is one thing to tell, not one a frame: at most one notification and one derived event
 * a camera and quarter of an hour. Slots of the clock instead of "so long since the last one" need no memory, and come
 * out the same whichever order frames arrive in and however often the log is replayed. Never change the length: a
 * replay would then tell everything again.
 */
const SLOT_MINUTES = 15;

/** The number of the quarter of an hour since 1970 in which something was captured. */
export function quietSlot(capturedAt: Date): number {
  return Math.floor(capturedAt.getTime() / (SLOT_MINUTES * 60_000));
}

/** What happens once a camera and slot has this cause. */
export function slotCause(sourceId: string, capturedAt: Date): string {
  return `${sourceId}/${quietSlot(capturedAt)}`;
}
