import { defaultSystemConfig } from '@rollcall/contracts';
import type { Pool } from '@rollcall/postgres';
import { forgetCropsOfEndedReviews, forgetFrames, forgetOldCrops } from '../data-access/kept-images.js';

const PAGE = 500;

/** How many of each were forgotten. */
export interface PurgedImages {
  readonly frames: number;
  readonly crops: number;
  /** Reviews that ended without attendance, whose crops went. */
  readonly reviews: number;
}

/**
 * Forgets frames and face crops that are older than their organization's settings keep them (`retention`), in portions
 * that hold no lock for long; the sweep deletes the objects. What was seen in them stays.
 */
export async function purgeImages(pool: Pool, signal: AbortSignal): Promise<PurgedImages> {
  const { retention } = defaultSystemConfig;
  return {
    frames: await inPortions(signal, () => forgetFrames(pool, retention, PAGE)),
    reviews: await inPortions(signal, () => forgetCropsOfEndedReviews(pool, retention, PAGE)),
    crops: await inPortions(signal, () => forgetOldCrops(pool, retention, PAGE)),
  };
}

async function inPortions(signal: AbortSignal, forget: () => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    if (signal.aborted) return total;
    const forgotten = await forget();
    total += forgotten;
    if (forgotten < PAGE) return total;
  }
}
