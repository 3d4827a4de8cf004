import type { MatchCandidate } from '@rollcall/recognition';

/** People are enrolled from 3–5 photos: eight neighbours nearly always show a second person. */
const FIRST_NEIGHBOURS = 8;
const GROWTH = 8;
/** FAISS's limit, far above what one person can have. */
const MOST_NEIGHBOURS = 4_096;

/** How many neighbours to ask for after `present` were not enough; 0: there are no more to be had. */
export function nextNeighbourCount(present: number, gallerySize: number): number {
  const most = Math.min(gallerySize, MOST_NEIGHBOURS);
  if (present >= most) return 0;
  return Math.min(most, present === 0 ? FIRST_NEIGHBOURS : present * GROWTH);
}

/**
 * True while fewer people than wanted are among the neighbours: with one of two the margin to the best other person is
 * not known yet.
 */
export function needsMoreNeighbours(candidates: readonly MatchCandidate[], persons = 2): boolean {
  if (persons === 2) {
    const first = candidates[0];
    return first === undefined || candidates.every(({ userId }) => userId === first.userId);
  }
  return new Set(candidates.map(({ userId }) => userId)).size < persons;
}
