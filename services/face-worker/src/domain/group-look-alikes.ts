import type { FaceQuality } from '@rollcall/recognition';

/** A sighting of somebody nobody knows. */
export interface StrangeFace {
  readonly reviewId: string;
  /** Unit vector. */
  readonly embedding: Float32Array;
  readonly quality: Partial<FaceQuality>;
}

/** A group there is, by the sighting that shows its face best. */
export interface KnownGroup {
  readonly id: string;
  readonly best: StrangeFace;
}

/** What a group gains. */
export interface GroupGrowth {
  readonly id: string;
  readonly isNew: boolean;
  /** The sighting that from now on shows the face best; undefined: the one there was. */
  readonly bestReviewId: string | undefined;
  readonly reviewIds: readonly string[];
}

/** So much better a sighting must be to take the place of the best: else it would change with every frame. */
const CLEARLY_BETTER = 1.2;

/**
 * Puts each sighting with the group whose best sighting it resembles most, if it resembles it enough; else it begins one.
 * Groups are compared by one sighting each, and that one only ever becomes a better picture: a chain of ever less similar
 * sightings cannot grow.
 *
 * @param threshold cosine similarity from which two sightings are taken to be one person.
 * @param newId ids for new groups.
 * @returns groups that gained something, in the order in which they did.
 */
export function groupLookAlikes(
  sightings: readonly StrangeFace[],
  known: readonly KnownGroup[],
  threshold: number,
  newId: () => string,
): GroupGrowth[] {
  const groups = known.map(({ id, best }) => ({ id, isNew: false, best, reviewIds: [] as string[] }));
  const grown = new Map<string, (typeof groups)[number]>();
  for (const sighting of sightings) {
    let nearest: (typeof groups)[number] | undefined;
    let greatest = threshold;
    for (const group of groups) {
      const similarity = dot(sighting.embedding, group.best.embedding);
      if (similarity < greatest) continue;
      greatest = similarity;
      nearest = group;
    }
    if (nearest === undefined) {
      nearest = { id: newId(), isNew: true, best: sighting, reviewIds: [] };
      groups.push(nearest);
    } else if (pictureScore(sighting.quality) > CLEARLY_BETTER * pictureScore(nearest.best.quality)) {
      nearest.best = sighting;
    }
    nearest.reviewIds.push(sighting.reviewId);
    grown.set(nearest.id, nearest);
  }
  return Array.from(grown.values(), ({ id, isNew, best, reviewIds }) => ({
    id,
    isNew,
    bestReviewId: reviewIds.includes(best.reviewId) ? best.reviewId : undefined,
    reviewIds,
  }));
}

/** Sizes and sharpness beyond these make a picture no better for comparing. */
const LARGE_ENOUGH = 160;
const SHARP_ENOUGH = 100;

/** How well a sighting shows its face, 0..1: large, sharp and frontal. */
export function pictureScore({ size = 0, blur = 0, yaw = 0, pitch = 0 }: Partial<FaceQuality>): number {
  const frontal = Math.cos((yaw * Math.PI) / 180) * Math.cos((pitch * Math.PI) / 180);
  return (
    (Math.min(size, LARGE_ENOUGH) / LARGE_ENOUGH) * (Math.min(blur, SHARP_ENOUGH) / SHARP_ENOUGH) * Math.max(frontal, 0)
  );
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
