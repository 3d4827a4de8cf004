import { addDays } from '@rollcall/attendance-rules';

/** Days of people an instalment computes: what a projector does in a moment, and what a frame waits for at most. */
export const DAYS_AN_INSTALMENT = 500;
/** An instalment covers no fewer dates than this of each person, so that those of many people are not cut day by day. */
const DATES_A_SLICE = 14;

/** Where a span stands: its last date, and how far its last dates have come. */
export interface SpanProgress {
  readonly to: string;
  /** Of the dates from here to `to`, people up to `afterUserId` are done; null: none of them is. */
  readonly sliceFrom: string | null;
  readonly afterUserId: string | null;
}

/** Days that are to be computed anew, of one person or of everybody. */
export interface RecomputationSpan extends SpanProgress {
  readonly id: string;
  /** Null: everybody. */
  readonly userId: string | null;
  readonly from: string;
  /** The event of the newest change behind it. */
  readonly cause: { readonly id: string; readonly correlationId: string; readonly subject: string };
}

export interface PersonToRecompute {
  readonly id: string;
  /** Not active at any time that a change reaches back to: only what exists already is computed anew. */
  readonly gone: boolean;
}

/** The dates of a span that come next, both included, and how many people an instalment takes of them. */
export interface Slice {
  readonly from: string;
  readonly to: string;
  readonly people: number;
}

/** The last dates of a span: those that were begun, or as many as leave an instalment to all people if they are few. */
export function nextSlice(span: RecomputationSpan, people: number): Slice {
  const wanted = Math.max(DATES_A_SLICE, Math.floor(DAYS_AN_INSTALMENT / Math.max(1, people)));
  const earliest = addDays(span.to, 1 - wanted);
  const from = span.sliceFrom ?? (earliest > span.from ? earliest : span.from);
  const dates = (Date.parse(span.to) - Date.parse(from)) / 86_400_000 + 1;
  return { from, to: span.to, people: Math.max(1, Math.floor(DAYS_AN_INSTALMENT / dates)) };
}

/**
 * What is left of a span behind an instalment; undefined: nothing.
 *
 * @param reached the last person of the instalment when others come after them; null when the slice is done.
 */
export function spanAfter(
  { from }: Pick<RecomputationSpan, 'from'>,
  slice: Slice,
  reached: string | null,
): SpanProgress | undefined {
  if (reached !== null) return { to: slice.to, sliceFrom: slice.from, afterUserId: reached };
  const to = addDays(slice.from, -1);
  return to < from ? undefined : { to, sliceFrom: null, afterUserId: null };
}
