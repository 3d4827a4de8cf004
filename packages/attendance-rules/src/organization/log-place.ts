/** A place in the event log: the transaction that wrote something. Xids are decimal text, as they come. */
export interface LogPlace {
  readonly epoch: number;
  readonly xid: string;
}

/** Before everything. */
export const beginningOfLog: LogPlace = { epoch: 0, xid: '0' };
/** After everything: what is stored by now is known. */
export const endOfLog: LogPlace = { epoch: Number.POSITIVE_INFINITY, xid: '0' };

/** Order of the log: negative when `a` comes first. */
export function comparePlaces(a: LogPlace, b: LogPlace): number {
  if (a.epoch !== b.epoch) return a.epoch - b.epoch;
  return a.xid.length - b.xid.length || (a.xid < b.xid ? -1 : a.xid > b.xid ? 1 : 0);
}

/** Whether what was written at `since` is known to an event at `place`; its own transaction is known to it. */
export function isKnown(since: LogPlace, place: LogPlace): boolean {
  return comparePlaces(since, place) <= 0;
}
