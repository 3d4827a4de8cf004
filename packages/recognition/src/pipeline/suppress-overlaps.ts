import type { Box } from '../analysis.js';

export interface ScoredBox extends Box {
  /** 0..1. */
  readonly score: number;
}

/** Intersection over union of two boxes, 0..1. */
export function overlapOf(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

/** Non-maximum suppression: of boxes that overlap by more than `limit`, the one with the highest score stays. */
export function suppressOverlaps<Scored extends ScoredBox>(boxes: readonly Scored[], limit: number): Scored[] {
  const kept: Scored[] = [];
  for (const box of boxes.toSorted((a, b) => b.score - a.score)) {
    if (kept.every((other) => overlapOf(box, other) <= limit)) kept.push(box);
  }
  return kept;
}
